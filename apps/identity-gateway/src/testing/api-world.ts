import type { GatewayDeps } from '../create-identity-gateway.ts';
import { createGatewayCalls } from '../create-identity-gateway.ts';
import { createHttpServer, type HttpOptions } from '../http/create-http-server.ts';
import { createLastKnownIps } from '../http/last-known-ips.ts';
import { createSealer } from '../http/session/sealer.ts';
import { guardedDeps, knownCallers } from './guarded-world.ts';

type Headers = Readonly<Record<string, string>>;

/** How a call of the console's own page looks. */
export const OWN_PAGE: Headers = { 'x-userferry-csrf': '1', 'sec-fetch-site': 'same-origin' };

export const bearer = (key: string): Headers => ({ authorization: `Bearer ${key}` });

export type Answer = {
  readonly status: number;
  readonly headers: globalThis.Headers;
  readonly text: string;
  readonly json: { readonly error?: { readonly reason: string; readonly message: string } } & Record<string, unknown>;
};

const read = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
};

/** A gateway's HTTP side with real handlers, on stores that know callers and what else a test gives it. */
export const startApi = async (more: Partial<GatewayDeps> = {}, options: Partial<HttpOptions> = {}) => {
  const callers = knownCallers();
  const deps = guardedDeps(callers, more);
  const publicIps = { list: async () => ({ ips: [], regions: [], updatedAt: new Date(0) }) };
  const server = await createHttpServer({
    host: '127.0.0.1',
    port: 0,
    lastKnownIps: createLastKnownIps({ publicIps, staleMsMax: 0, log: deps.log }),
    api: { calls: createGatewayCalls({}, deps), sealer: createSealer(SECRET, deps.log) },
    log: deps.log,
    ...options,
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const send = async (method: string, path: string, headers: Headers = {}, body?: string | Buffer<ArrayBuffer>) =>
    read(await fetch(`${origin}${path}`, { method, headers, ...(body !== undefined && { body }) }));
  const post = (name: string, body: unknown, headers: Headers = {}) =>
    send('POST', `/api/v1/${name}`, { 'content-type': 'application/json', ...headers }, textOf(body));
  return { origin, callers, send, post, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
};

export const SECRET = 'a-console-secret-of-forty-characters-or-so';

const textOf = (body: unknown) => {
  if (Buffer.isBuffer(body)) return Buffer.from(body);
  return typeof body === 'string' ? body : JSON.stringify(body);
};

export type Api = Awaited<ReturnType<typeof startApi>>;

/** Signs in and gives the cookie back as a browser sends it. */
export const signIn = async ({ post }: Pick<Api, 'post'>, apiKey: string): Promise<Headers> => {
  const { headers } = await post('session', { apiKey }, OWN_PAGE);
  return { cookie: headers.get('set-cookie')?.split(';')[0] ?? '', ...OWN_PAGE };
};
