/** `http` inside the isolate, side by side with plain Node against the same servers. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startHttpServer, startMirror, type TestServer } from './testing/http-servers.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let servers: Record<'PORT' | 'MIRROR_PORT', TestServer>;
const env = () => ({ PORT: servers.PORT.port, MIRROR_PORT: servers.MIRROR_PORT.port });
const { expectSame } = createSideBySide(() => host, env);

beforeAll(async () => {
  host = await startHost();
  servers = { PORT: await startHttpServer(), MIRROR_PORT: await startMirror() };
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop();
  await host.stop();
});

const PRELUDE = `const http = require('http'); const base = 'http://127.0.0.1:' + env.PORT;
const until = (emitter, name) => new Promise((done) => emitter.once(name, (...args) => done(args[0])));
const text = async (res) => { res.setEncoding('utf8'); let all = ''; for await (const part of res) all += part; return all };
const answered = async (req) => { const res = await new Promise((done, fail) => req.on('response', done).on('error', fail)); return [res, await text(res)] };
const ask = (...args) => { const req = http.request(...args); req.end(); return answered(req) };
// What differs from run to run, on both sides.
const steady = (value) => JSON.parse(JSON.stringify(value).replace(/[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} [0-9:]+ GMT/g, 'DATE'));
const REQUEST = ['socket', 'finish', 'prefinish', 'response', 'information', 'continue', 'upgrade', 'connect', 'timeout', 'abort', 'error', 'close'];
const RESPONSE = ['data', 'end', 'aborted', 'error', 'close'];
const follow = (req) => { const seen = trace(req, REQUEST); req.on('response', (res) => { for (const name of RESPONSE) res.on(name, (arg) => seen.push(['response ' + name, arg instanceof Error ? showError(arg) : typeof arg])); }); return seen };
const mirrored = async (options, send) => { const req = http.request({ host: '127.0.0.1', port: env.MIRROR_PORT, agent: false, ...options }); await send(req); const [, all] = await answered(req); return all.replaceAll(env.MIRROR_PORT, 'PORT') };
`;
const same = (body: string) => expectSame(`${PRELUDE} ${body}`);

describe('a request', () => {
  it('can be made of a text, a URL, options, and with a callback', () =>
    same(`const { port } = new URL(base); const seen = [];
      for (const make of [(f) => http.get(base + '/echo?a=1', f), (f) => http.get(new URL(base + '/echo?a=2'), f), (f) => http.get({ host: '127.0.0.1', port, path: '/echo?a=3' }, f), (f) => http.get(base + '/other', { path: '/echo?a=4', headers: { 'X-A': 'b' } }, f), (f) => http.get(new URL('http://u:p%20w@127.0.0.1:' + port + '/echo?a=5'), f), (f) => http.get({ hostname: '127.0.0.1', host: 'nowhere.example', port: Number(port), path: '/echo' }, f)]) {
        const res = await new Promise((done, fail) => make(done).on('error', fail)); seen.push([res.statusCode, (await text(res)).replaceAll(port, 'PORT')]); }
      return seen`));

  it('goes out as Node writes it', () =>
    same(`const list = [[{ path: '/a' }, (r) => r.end()], [{ method: 'POST' }, (r) => r.end('x')], [{ method: 'POST' }, (r) => { r.write('abc'); r.write('de'); r.end('f') }],
        [{ method: 'PUT', headers: { 'Content-Length': 3, 'x-list': ['a', 'b'], cookie: ['a=1', 'b=2'] } }, (r) => { r.write('ab'); r.end('c') }], [{ method: 'delete', auth: 'u:p' }, (r) => r.end('abc')],
        [{ method: 'POST', headers: { trailer: 'x-t', 'transfer-encoding': 'chunked' } }, (r) => { r.addTrailers({ 'x-t': 'v' }); r.write(Buffer.from('b\u00fc')); r.end() }], [{ method: 'POST', headers: ['A', 'b', 'a', 'c', 'host', 'own'] }, (r) => r.end('latin \u00e9', 'latin1')],
        [{ method: 'POST', setHost: false, headers: { connection: 'close', 'x-l': '\u00e9' } }, (r) => { r.setHeader('X-B', 5); r.removeHeader('x-none'); r.appendHeader('x-b', '6'); r.end('\u00e9') }], [{ method: 'POST' }, (r) => { r.cork(); r.write('a'); r.write('b'); r.uncork(); r.end() }],
        [{ setDefaultHeaders: false }, (r) => r.end()], [{ method: 'POST', headers: { expect: '100-continue', 'content-length': 1 } }, (r) => r.end('x')], [{ uniqueHeaders: ['x-u'], headers: { 'x-u': ['a', 'b'] } }, (r) => { r.flushHeaders(); r.end() }], [{ method: 'POST' }, (r) => { r.removeHeader('transfer-encoding'); r.removeHeader('content-length'); r.removeHeader('connection'); r.end('x') }],
        [{ method: 'POST', headers: { 'content-length': 4, 'content-disposition': 'a; f="\u00e9"' } }, (r) => r.end('abcd')], [{ agent: new http.Agent({ keepAlive: true, timeout: 100 }), method: 'PATCH' }, (r) => r.end(new Uint8Array([1, 2]))]];
      const seen = []; for (const [options, send] of list) seen.push(await mirrored(options, send)); return seen`));
});

const PATHS = [
  '/hello',
  '/headers',
  '/trailers',
  '/drip',
  '/early',
  '/nothing',
  '/unchanged',
  '/last',
  '/cut',
  '/slow-head',
  '/missing',
];

describe('a response', () => {
  it.each(PATHS)('of %s has its events in order and all its fields', (path) =>
    same(`const agent = new http.Agent({ keepAlive: true }); const req = http.get(base + '${path}', { agent }); const seen = follow(req); await until(req, 'close'); await new Promise((done) => setTimeout(done, 50)); agent.destroy();
      const { res } = req; return steady([seen, show([res.headers, res.headersDistinct, res.rawHeaders, res.rawTrailers, res.trailers, res.complete, res.aborted, res.destroyed, res.readableEnded, res.statusCode, res.statusMessage]), req.reusedSocket, req.destroyed, req.writableFinished])`),
  );
});

describe('an agent', () => {
  it('queues, uses connections again and forgets those that close', () =>
    same(`const agent = new http.Agent({ keepAlive: true, maxSockets: 1 }); const seen = [];
      const reqs = ['/hello', '/echo', '/last', '/hello'].map((path) => { const req = http.get(base + path, { agent }); req.on('close', () => seen.push([path, req.reusedSocket])); req.on('response', (res) => res.resume()); return req });
      await Promise.all(reqs.map((req) => until(req, 'close'))); await new Promise((done) => setTimeout(done, 20));
      const counts = [Object.values(agent.sockets).map((list) => list.length), Object.values(agent.freeSockets).map((list) => list.length), agent.totalSocketCount]; agent.destroy(); return [seen, counts]`));
});
