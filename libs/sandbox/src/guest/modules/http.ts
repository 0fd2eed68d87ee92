/** `http`: the client. Scripts do not listen, so what makes a server says so when it is called. */
import { alsoLeadsTo } from '../integrity/inner-parts.ts';
import { completed } from './complete.ts';
import type { Agent } from './http/agent.ts';
import { ClientRequest } from './http/client-request.ts';
import { globalAgents, HttpAgent } from './http/global-agents.ts';
import { IncomingMessage } from './http/incoming-message.ts';
import { METHODS, STATUS_CODES } from './http/names.ts';
import { OutgoingMessage } from './http/outgoing-message.ts';
import { MAX_HEADER_BYTES } from './http/response-reader.ts';
import { validateHeaderName, validateHeaderValue } from './http/validate.ts';
import { NOT_AVAILABLE, notAvailable } from './node-errors.ts';
import { core } from './registry.ts';

/** Present for `instanceof`. */
class Server {
  static readonly [NOT_AVAILABLE] = true;
  constructor() {
    notAvailable('http.Server')();
  }
}
class ServerResponse {
  static readonly [NOT_AVAILABLE] = true;
  constructor() {
    notAvailable('http.ServerResponse')();
  }
}

/** There are no proxies in the environment of a script, which leaves nothing to set. */
function setGlobalProxyFromEnv(environment: object = {}): () => void {
  if (Object.keys(environment).some((name) => /^https?_proxy$/i.test(name))) {
    notAvailable('http.setGlobalProxyFromEnv')();
  }
  return () => undefined;
}

function request(url: unknown, options?: unknown, callback?: unknown): ClientRequest {
  return new ClientRequest(url, options, callback);
}

function get(url: unknown, options?: unknown, callback?: unknown): ClientRequest {
  const made = request(url, options, callback);
  made.end();
  return made;
}

export const http = {
  METHODS: [...METHODS],
  STATUS_CODES: { ...STATUS_CODES },
  Agent: HttpAgent,
  ClientRequest,
  IncomingMessage,
  OutgoingMessage,
  Server,
  ServerResponse,
  createServer: notAvailable('http.createServer'),
  validateHeaderName,
  validateHeaderValue: (name: unknown, value: unknown) => validateHeaderValue(name, value),
  get,
  request,
  setGlobalProxyFromEnv,
  setMaxIdleHTTPParsers: (): void => undefined,
  maxHeaderSize: MAX_HEADER_BYTES,
  get globalAgent(): Agent {
    return globalAgents.http;
  },
  set globalAgent(agent: Agent) {
    globalAgents.http = agent;
  },
};

// A script has the sockets of its requests, whether or not it requires `net`.
alsoLeadsTo(http, () => [completed('net', core.net), completed('stream', core.stream)]);
