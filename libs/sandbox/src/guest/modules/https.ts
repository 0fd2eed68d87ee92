/** `https`: the client of `http` over connections with TLS. */
import { alsoLeadsTo, innerPartsOf } from '../integrity/inner-parts.ts';
import { completed } from './complete.ts';
import type { Agent } from './http/agent.ts';
import { ClientRequest } from './http/client-request.ts';
import { GLOBAL_OPTIONS, globalAgent } from './http/global-agents.ts';
import { optionsOfUrl, type RequestOptions } from './http/request-options.ts';
import { HttpsAgent, OWN_CHECK } from './https/agent.ts';
import { NOT_AVAILABLE, notAvailable } from './node-errors.ts';
import { core } from './registry.ts';
import { tls } from './tls.ts';

/** Present for `instanceof`. */
class Server {
  static readonly [NOT_AVAILABLE] = true;
  constructor() {
    notAvailable('https.Server')();
  }
}

let checks = 0;

/** Whether every connection of the request's agent is checked in the agent's own way. */
function hasAgentCheck({ agent, createConnection }: RequestOptions): boolean {
  if (agent === false) return false;
  if (agent) return (agent as Agent).options?.checkServerIdentity !== undefined;
  return typeof createConnection !== 'function' && https.globalAgent.options?.checkServerIdentity !== undefined;
}

function request(...args: unknown[]): ClientRequest {
  const ofUrl = optionsOfUrl(args[0]);
  const rest = ofUrl === undefined ? args : args.slice(1);
  const given = rest[0] && typeof rest[0] !== 'function' ? (rest[0] as object) : undefined;
  const options: RequestOptions & { [OWN_CHECK]?: number } = { ...ofUrl, ...given };
  const { checkServerIdentity: check } = options;
  if (check !== undefined && check !== tls.checkServerIdentity && !hasAgentCheck(options)) {
    checks += 1;
    options[OWN_CHECK] = checks;
  }
  options._defaultAgent = https.globalAgent;
  return new ClientRequest(options, ...(given === undefined ? rest : rest.slice(1)));
}

function get(url: unknown, options?: unknown, callback?: unknown): ClientRequest {
  const made = request(url, options, callback);
  made.end();
  return made;
}

export const https = {
  Agent: HttpsAgent,
  globalAgent: globalAgent(new HttpsAgent({ ...GLOBAL_OPTIONS }) as Agent),
  Server,
  createServer: notAvailable('https.createServer'),
  get,
  request,
};

// Its requests are of a class of `http`, their sockets of one of `tls`, and both are streams.
alsoLeadsTo(https, () => {
  const { Duplex, Readable, Transform, Writable } = core.stream;
  return [
    completed('stream', core.stream),
    completed('net', core.net),
    completed('tls', core.tls),
    completed('http', core.http),
    ...innerPartsOf([Readable, Writable, Duplex, Transform]),
  ];
});
