import { type WebRequest, webRequest } from './web-request.ts';

export const CLOUDS = ['aws', 'gcp', 'azure'] as const;
export type Cloud = (typeof CLOUDS)[number];

type Ask = (path: string, request?: Omit<WebRequest, 'signal'>) => Promise<string>;

/**
 * The public addresses that the cloud's metadata service knows of this machine; none when it has none of its own (it
 * then goes out through a gateway, which the metadata does not tell of).
 * @throws when this is not that cloud
 */
export const askMetadata = (cloud: Cloud, base: URL, signal: AbortSignal): Promise<readonly string[]> => {
  const ask: Ask = async (path, request = {}) => {
    const { status, text } = await webRequest(new URL(path, base), { ...request, signal });
    if (status === 404) return '';
    if (status !== 200) throw new Error(`the metadata service answers with status ${status}`);
    return text;
  };
  return OF_CLOUD[cloud](ask, base, signal);
};

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** IMDSv2 alone: EC2 user guide, "Access instance metadata", categories `public-ipv4` and `ipv6`. */
const askAws = async (ask: Ask): Promise<readonly string[]> => {
  const token = await ask('/latest/api/token', {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
  });
  if (token === '') throw new Error('the metadata service gives no token');
  const headers = { 'x-aws-ec2-metadata-token': token };
  const [ipv4, ipv6] = await Promise.all([
    ask('/latest/meta-data/public-ipv4', { headers }),
    ask('/latest/meta-data/ipv6', { headers }),
  ]);
  return [...lines(ipv4), ...lines(ipv6)];
};

const GCP_INTERFACE = '/computeMetadata/v1/instance/network-interfaces/0';

/** Compute Engine, "VM metadata": `access-configs/0/external-ip` and `ipv6s` of the first interface. */
const askGcp = async (ask: Ask, base: URL, signal: AbortSignal): Promise<readonly string[]> => {
  const headers = { 'metadata-flavor': 'Google' };
  const greeting = await webRequest(new URL('/', base), { headers, signal });
  if (greeting.headers['metadata-flavor'] !== 'Google') throw new Error('this is not the metadata service of GCP');
  const [ipv4, ipv6] = await Promise.all([
    ask(`${GCP_INTERFACE}/access-configs/0/external-ip`, { headers }),
    ask(`${GCP_INTERFACE}/ipv6s`, { headers }),
  ]);
  return [...lines(ipv4), ...lines(ipv6)];
};

type AzureNetwork = {
  readonly interface?: readonly {
    readonly ipv4?: { readonly ipAddress?: readonly { readonly publicIpAddress?: string }[] };
  }[];
};
type AzureRule = { readonly frontendIpAddress?: string };
type AzureLoadBalancer = {
  readonly loadbalancer?: {
    readonly publicIpAddresses?: readonly AzureRule[];
    readonly outboundRules?: readonly AzureRule[];
  };
};

/** Azure IMDS: `instance/network`, and for a machine behind a Standard Load Balancer, `loadbalancer`. */
const askAzure = async (ask: Ask): Promise<readonly string[]> => {
  const headers = { metadata: 'true' };
  const [network, balancer] = await Promise.all([
    ask('/metadata/instance/network?api-version=2021-02-01', { headers }),
    ask('/metadata/loadbalancer?api-version=2020-10-01', { headers }),
  ]);
  const { interface: interfaces = [] } = JSON.parse(network || '{}') as AzureNetwork;
  const { loadbalancer = {} } = JSON.parse(balancer || '{}') as AzureLoadBalancer;
  const own = interfaces.flatMap(({ ipv4 }) => ipv4?.ipAddress ?? []).map((each) => each.publicIpAddress ?? '');
  const rules = [...(loadbalancer.publicIpAddresses ?? []), ...(loadbalancer.outboundRules ?? [])];
  return [...new Set([...own, ...rules.map((each) => each.frontendIpAddress ?? '')])].filter(
    (address) => address !== '',
  );
};

const OF_CLOUD: Readonly<Record<Cloud, (ask: Ask, base: URL, signal: AbortSignal) => Promise<readonly string[]>>> = {
  aws: askAws,
  gcp: askGcp,
  azure: askAzure,
};
