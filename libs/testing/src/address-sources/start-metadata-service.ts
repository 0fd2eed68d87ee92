import type { IncomingMessage, ServerResponse } from 'node:http';
import { startWebAnswers, type WebAnswers } from './start-web-answers.ts';

/** The public addresses that the cloud knows of the machine; none where it has none. */
export type MachineAddresses = { readonly ipv4?: string; readonly ipv6?: string };

/** Answers as the metadata service of a cloud does, and refuses what that refuses: a missing token or header. */
export const startMetadataService = (
  cloud: 'aws' | 'gcp' | 'azure',
  addresses: MachineAddresses,
): Promise<WebAnswers> =>
  startWebAnswers((request, response) => ANSWERS[cloud](request, request.url ?? '', addresses, response));

type Answer = (request: IncomingMessage, path: string, addresses: MachineAddresses, response: ServerResponse) => void;

const say = (response: ServerResponse, text: string | undefined): void => {
  if (text === undefined) response.writeHead(404).end('<html>Not Found</html>');
  else response.end(text);
};

const TOKEN = 'AQAEAExampleToken==';

const aws: Answer = (request, path, { ipv4, ipv6 }, response) => {
  if (path === '/latest/api/token') {
    const asked = request.method === 'PUT' && request.headers['x-aws-ec2-metadata-token-ttl-seconds'] !== undefined;
    return asked ? say(response, TOKEN) : void response.writeHead(400).end();
  }
  if (request.headers['x-aws-ec2-metadata-token'] !== TOKEN) return void response.writeHead(401).end();
  say(response, { '/latest/meta-data/public-ipv4': ipv4, '/latest/meta-data/ipv6': ipv6 }[path]);
};

const gcp: Answer = (request, path, { ipv4, ipv6 }, response) => {
  response.setHeader('metadata-flavor', 'Google');
  if (request.headers['metadata-flavor'] !== 'Google') return void response.writeHead(403).end();
  const first = '/computeMetadata/v1/instance/network-interfaces/0';
  if (path === '/') return say(response, 'computeMetadata/\n');
  say(response, { [`${first}/access-configs/0/external-ip`]: ipv4, [`${first}/ipv6s`]: ipv6 }[path]);
};

const azure: Answer = (request, path, { ipv4 = '', ipv6 }, response) => {
  if (request.headers.metadata !== 'true') return void response.writeHead(400).end();
  const { pathname, searchParams } = new URL(path, 'http://metadata');
  if (!searchParams.has('api-version')) return void response.writeHead(400).end();
  const ipAddress = [{ privateIpAddress: '10.1.0.4', publicIpAddress: ipv4 }];
  if (pathname === '/metadata/instance/network')
    return say(response, JSON.stringify({ interface: [{ ipv4: { ipAddress }, ipv6: { ipAddress: [] } }] }));
  const outboundRules = [{ frontendIpAddress: ipv6, privateIpAddress: 'fd00::4' }];
  if (pathname === '/metadata/loadbalancer' && ipv6 !== undefined)
    return say(response, JSON.stringify({ loadbalancer: { publicIpAddresses: [], inboundRules: [], outboundRules } }));
  say(response, undefined);
};

const ANSWERS = { aws, gcp, azure };
