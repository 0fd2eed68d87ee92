/** `http` inside the isolate, side by side with plain Node against the same servers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer, startMirror, type TestServer } from './testing/http-servers.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let servers: Record<'PORT' | 'MIRROR_PORT', TestServer>;
const env = () => ({ PORT: servers.PORT.port, MIRROR_PORT: servers.MIRROR_PORT.port });
const { expectSame, inIsolate } = createSideBySide(() => host, env);

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
const follow = (req) => { const seen = trace(req, REQUEST); req.on('response', (res) => { for (const name of RESPONSE) res.on(name, (arg) => name === 'data' && seen.at(-1)[0] === 'response data' || seen.push(['response ' + name, arg instanceof Error ? showError(arg) : typeof arg])); }); return seen };
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

describe('what Node refuses', () => {
  it.each([
    [
      'arguments',
      `[undefined, null, 5, {}, { host: 5 }, { hostname: {} }, { method: 5 }, { method: 'A B' }, { method: '' }, { path: '/a b' }, { path: '/\u00fc' }, { path: '/\u4f60' }, { protocol: 'https:' }, { agent: {} }, { agent: true }, { port: 'x' }, { port: 70000 }, { timeout: 'x' }, { timeout: -1 }, { maxHeaderSize: 'x' }, { maxHeaderSize: -1 }, { maxHeaderSize: 1.5 }, { insecureHTTPParser: 1 }, { joinDuplicateHeaders: 1 }, { httpValidation: 'x' }, { httpValidation: 'strict', insecureHTTPParser: true }, { signal: 5 }, { headers: { 'a b': 'c' } }, { headers: { a: undefined } }, { headers: { a: 'b\\nc' } }, { headers: { a: '\u4f60' } }, { headers: ['a'] }, { headers: ['a b', 'c'] }, { headers: { host: ['a', 'b'] } }, { headers: { trailer: 'x' } }].map((options) => [options, () => http.request(options)])`,
    ],
    [
      'headers',
      `[(r) => r.setHeader('a b', 'c'), (r) => r.setHeader('', 'c'), (r) => r.setHeader(5, 'c'), (r) => r.setHeader('a'), (r) => r.setHeader('a', 'b\\r\\nc'), (r) => r.setHeader('a', ['b', 'c\\0']), (r) => r.getHeader(5), (r) => r.hasHeader(), (r) => r.removeHeader(null), (r) => r.setHeaders({}), (r) => r.setHeaders([]), (r) => r.setHeaders(new Map([['set-cookie', 'a'], ['x', 'y']])).getHeaders(), (r) => r.appendHeader('a'), (r) => r.addTrailers({ 'a b': 'c' }), (r) => r.addTrailers({ a: '\u4f60' }), (r) => { r.path = '/a b' }, (r) => { r.flushHeaders(); r.setHeader('a', 'b') }, (r) => { r.flushHeaders(); r.removeHeader('a') }, (r) => { r.flushHeaders(); r.appendHeader('a', 'b') }, (r) => { r.flushHeaders(); r.setHeaders(new Map()) }].map((call, at) => [at, () => { const r = http.request(base + '/hello', { agent: false }); r.on('error', () => {}); try { return call(r) } finally { r.destroy() } }])`,
    ],
    [
      'names and values',
      `[() => http.validateHeaderName('a b'), () => http.validateHeaderName(''), () => http.validateHeaderName('a b', 'Label'), () => http.validateHeaderName('ok'), () => http.validateHeaderValue('a'), () => http.validateHeaderValue('a', '\\0'), () => http.validateHeaderValue('a', 5), () => new http.Agent({ scheduling: 'x' }), () => new http.Agent({ maxTotalSockets: 'x' }), () => new http.Agent({ maxTotalSockets: 0 })].map((call, at) => [at, call])`,
    ],
    [
      'pieces of a body',
      `[(r) => r.write(null), (r) => r.write(5), (r) => r.write(), (r) => r.end({}), (r) => r.end('a') && r.end('b'), (r) => r.end('a') && r.write('b'), (r) => r.destroy() && r.write('a'), (r) => r.pipe(r), (r) => { r.strictContentLength = true; r.setHeader('content-length', 2); r.flushHeaders(); r.write('abc') }, (r) => { r.strictContentLength = true; r.setHeader('content-length', 2); r.end('a') }].map((call, at) => [at, () => new Promise((done, fail) => { const r = http.request(base + '/echo', { method: 'POST', agent: false }); r.on('error', (e) => done(['event', e.code, e.message])); r.on('close', () => done('closed')); r.on('response', (res) => res.resume()); try { done = ((d) => (v) => setTimeout(d, 20, v))(done); call(r); setTimeout(() => r.destroy(), 500) } catch (e) { r.destroy(); fail(e) } })])`,
    ],
  ])('of %s is refused in its words', (_what, calls) =>
    same(
      `const seen = []; for (const [what, call] of ${calls}) { const said = await attempt(() => { const made = call(); if (made && made.destroy) { made.on('error', () => {}); made.destroy(); return 'made' } return made }); seen.push([show(what), said]) } return seen`,
    ),
  );

  it('Unix sockets and the ways of proxies, by name', async () => {
    const body = `const failed = (make) => new Promise((done) => { try { make().on('error', (e) => done([e.code, e.message])) } catch (e) { done(['thrown ' + e.code, e.message]) } });
      return [await failed(() => http.get({ socketPath: '/var/run/x', path: '/' })), await failed(() => http.get({ host: '127.0.0.1', port: env.PORT, path: 'http://other.example/' }))]`;
    expect(await inIsolate(`${PRELUDE} ${body}`)).toEqual([
      ['EACCES', 'Unix sockets are not available to scripts'],
      ['thrown EACCES', 'Proxies are not available to scripts: the path of a request begins with a slash'],
    ]);
  });

  it('servers, by name', async () => {
    const names = ['http.createServer', 'http.Server', 'http.ServerResponse', 'https.createServer', 'https.Server'];
    const body = `return ${JSON.stringify(names)}.map((name) => { const [module, what] = name.split('.'); try { what === 'createServer' ? require(module)[what]() : new (require(module)[what])() } catch (e) { return e.message } })`;
    const seen = (await inIsolate(body)) as string[];
    for (const [at, name] of names.entries()) expect(seen[at]).toContain(`${name} is not available`);
  });
});

describe('a request that ends early', () => {
  it.each([
    ['abort at once', `(req) => req.abort()`],
    ['destroy at once', `(req) => req.destroy()`],
    ['destroy with an error at once', `(req) => req.destroy(Object.assign(new Error('mine'), { code: 'MINE' }))`],
    ['abort twice on the socket', `(req) => req.on('socket', () => { req.abort(); req.abort() })`],
    ['destroy on response', `(req) => req.on('response', () => req.destroy())`],
    ['destroy with an error on response', `(req) => req.on('response', () => req.destroy(new Error('mine')))`],
    ['destroy of the response', `(req) => req.on('response', (res) => res.destroy())`],
    ['destroy of the response with an error', `(req) => req.on('response', (res) => res.destroy(new Error('mine')))`],
    ['destroy of the socket', `(req) => req.on('response', (res) => res.socket.destroy())`],
    ['destroy after the end', `(req) => req.on('response', (res) => res.on('end', () => req.destroy()))`],
    ['a signal that is aborted before', `(req, controller) => controller.abort()`],
    ['a signal on the socket', `(req, controller) => req.on('socket', () => controller.abort())`],
    [
      'a signal with a reason on response',
      `(req, controller) => req.on('response', () => controller.abort(new Error('why')))`,
    ],
  ])('%s', (_what, how) =>
    same(`const all = []; for (const path of ['/hello', '/drip']) { const controller = new AbortController(); const agent = new http.Agent({ keepAlive: true }); const req = http.get(base + path, { agent, signal: controller.signal }); const seen = follow(req); (${how})(req, controller);
        await until(req, 'close'); await new Promise((done) => setTimeout(done, 30)); agent.destroy(); all.push([seen.filter(([name]) => name !== 'response data'), req.aborted, req.destroyed, req.closed, req.errored && req.errored.message, req.writableFinished, req.res && [req.res.aborted, req.res.complete, req.res.destroyed]]) } return all`),
  );

  it('without a connection at all', () =>
    same(
      `const seen = []; for (const [host, port] of [['127.0.0.1', 1], ['nowhere.invalid', 80], ['::1', 1]]) { const req = http.get({ host, port, agent: false }); const events = follow(req); await until(req, 'close'); seen.push(events) } return seen`,
    ));

  it('while it waits for its turn', () =>
    same(
      `const agent = new http.Agent({ maxSockets: 1 }); const first = http.get(base + '/drip', { agent }); first.on('response', (res) => res.resume()); const second = http.get(base + '/hello', { agent }); const seen = follow(second); second.destroy(new Error('mine')); await until(first, 'close'); await new Promise((done) => setTimeout(done, 50)); return [seen, agent.totalSocketCount, Object.keys(agent.requests)]`,
    ));
});

describe('time', () => {
  it.each([
    ['in the options', `http.get(base + '/slow-head', { agent: fresh(), timeout: 60 })`],
    ['of the agent', `http.get(base + '/slow-head', { agent: new http.Agent({ timeout: 60 }) })`],
    ['by setTimeout', `http.get(base + '/slow-head', { agent: fresh() }).setTimeout(60)`],
    [
      'by setTimeout with a callback',
      `http.get(base + '/slow-head', { agent: fresh() }).setTimeout(60, () => seen.push('called'))`,
    ],
    [
      'taken back',
      `(() => { const r = http.get(base + '/slow-head', { agent: fresh(), timeout: 60 }); r.setTimeout(0); return r })()`,
    ],
    ['that is long enough', `http.get(base + '/slow-head', { agent: fresh(), timeout: 5000 })`],
  ])('limits %s are told', (_what, make) =>
    same(
      `const fresh = () => new http.Agent(); const seen = []; const req = ${make}; req.on('timeout', () => seen.push('timeout')); req.on('response', (res) => { seen.push('response'); res.resume() }); req.on('error', (e) => seen.push(e.code)); await until(req, 'close'); return [seen, req.timeout]`,
    ),
  );

  it('limits of the response are told', () =>
    same(
      `const req = http.get(base + '/never-more', { agent: new http.Agent() }); const res = await until(req, 'response'); const seen = []; res.on('error', (e) => seen.push(e.code)); res.setTimeout(50, () => { seen.push('timeout'); res.destroy() }); res.resume(); await until(req, 'close'); return seen`,
    ));
});

describe('other ways', () => {
  it('a switch of protocols', () =>
    same(
      `const turn = async (listens) => { const req = http.get(base + '/', { agent: new http.Agent(), headers: { connection: 'Upgrade', upgrade: 'echo' } }); const seen = follow(req); if (!listens) { await until(req, 'close'); return seen } const [res, socket, head] = await new Promise((done) => req.on('upgrade', (...args) => done(args))); socket.write('there'); let all = head.toString(); for await (const part of socket) all += part; return [seen, res.statusCode, res.headers, all, socket._httpMessage, req.destroyed] }; return [await turn(true), await turn(false)]`,
    ));

  it('a question before the body', () =>
    same(
      `const req = http.request(base + '/echo', { method: 'POST', agent: new http.Agent(), headers: { expect: '100-continue' } }); const seen = []; for (const name of REQUEST) req.on(name, () => seen.push(name)); await until(req, 'continue'); seen.push('go on'); req.end('body'); const [res, all] = await answered(req); await new Promise((done) => setTimeout(done, 20)); return [seen, JSON.parse(all).body]`,
    ));

  it('a connection that the script makes', () =>
    same(`const net = require('net'); const seen = []; for (const createConnection of [(options) => net.connect(options.port, options.host), (options, done) => { setTimeout(() => done(null, net.connect(options.port, options.host)), 10) }, (options, done) => { done(new Error('none')) }, () => { throw new Error('thrown') }]) {
        const req = http.get(base + '/hello', { createConnection }); seen.push(await attempt(() => answered(req).then(([res, all]) => [all, res.headers.connection]))) } return seen`));

  it('a response that nobody wants leaves its connection free', () =>
    same(
      `const agent = new http.Agent({ keepAlive: true, maxSockets: 1 }); http.get(base + '/drip', { agent }); const req = http.get(base + '/hello', { agent }); const [, all] = await answered(req); agent.destroy(); return [all, req.reusedSocket]`,
    ));

  it('streams into and out of it', () =>
    same(
      `const { pipeline, Readable, PassThrough } = require('stream'); const { promisify } = require('util'); const req = http.request(base + '/echo', { method: 'POST', agent: new http.Agent() }); const got = answered(req); await promisify(pipeline)(Readable.from(['a', 'b', 'c']), req); const [res, all] = await got; const through = http.get(base + '/drip', { agent: new http.Agent() }); const copy = new PassThrough(); through.on('response', (r) => r.pipe(copy)); return [JSON.parse(all).body, JSON.parse(all).rawHeaders.slice(0, 2), await text(copy)]`,
    ));

  it('callbacks of write and end, drain and the state between', () =>
    same(
      `const req = http.request(base + '/echo', { method: 'POST', agent: new http.Agent() }); const seen = []; const note = (what) => (error) => seen.push([what, error && error.code, req.writableFinished]); req.on('drain', note('drain')); req.on('finish', note('finish')); seen.push(req.write('x'.repeat(100000), note('write')), req.writableNeedDrain, req.writableLength > 99999, req.writableHighWaterMark); req.end('y', note('end')); seen.push(req.writableEnded, req.headersSent, req.finished); const [, all] = await answered(req); req.end(note('again')); seen.push(JSON.parse(all).body.length); await new Promise((done) => setTimeout(done, 20)); return seen`,
    ));

  it('large bodies both ways, with a slow reader, in little memory', async () => {
    const body = `const req = http.get(base + '/large', { agent: false }); const res = await until(req, 'response'); let n = 0, most = 0; for await (const part of res) { n += part.length; most = Math.max(most, res.readableLength); if (n % 64 === 0 && Math.random() < 0.05) await new Promise((done) => setTimeout(done, 1)) }
      const up = http.request(base + '/count', { method: 'POST', agent: false }); const got = answered(up); const piece = Buffer.alloc(256 * 1024, 'z'); for (let i = 0; i < 200; i++) if (!up.write(piece)) await until(up, 'drain'); up.end(); const [, all] = await got; return [n > 99e6, most < 2e6, all]`;
    expect(await inIsolate(`${PRELUDE} ${body}`, { memoryLimitBytes: 64 * 1024 * 1024, timeoutMs: 50_000 })).toEqual([
      true,
      true,
      String(200 * 256 * 1024),
    ]);
  });

  it('what the module itself has', () =>
    same(`const known = ['METHODS', 'STATUS_CODES', 'maxHeaderSize']; const own = (name) => Object.keys(new http[name](name === 'IncomingMessage' ? null : {})).filter((key) => !key.startsWith('_') && !['readable', 'domain'].includes(key)).sort(); const { options } = http.globalAgent; const names = new http.Agent();
      return [known.map((key) => show(http[key])), http.globalAgent instanceof http.Agent, options.keepAlive, options.timeout, options.scheduling, http.globalAgent.keepAlive, http.globalAgent.defaultPort, http.globalAgent.protocol, http.Agent() instanceof http.Agent, http.Agent.defaultMaxSockets === Infinity, names.getName(), names.getName({ host: 'a', port: 1, localAddress: 'b', family: 6, socketPath: '/c' }), http.ClientRequest.name, http.Agent.name, http.request.length > 0]`));
});

describe('an agent', () => {
  const counts = `const counts = (agent) => [Object.entries(agent.sockets).map(([, list]) => list.length), Object.values(agent.freeSockets).map((list) => list.length), Object.values(agent.requests).map((list) => list.length), agent.totalSocketCount];
    const many = (agent, paths, seen = []) => Promise.all(paths.map((path, at) => new Promise((done) => { const req = http.get(base + path, { agent }); req.on('response', (res) => res.resume()); req.on('close', () => { seen.push([at, path, req.reusedSocket]); done() }) }))).then(() => seen); const settled = () => new Promise((done) => setTimeout(done, 30));`;
  it.each([
    [
      'queues, uses connections again and forgets those that close',
      `{ keepAlive: true, maxSockets: 1 }`,
      `['/hello', '/echo', '/last', '/hello']`,
    ],
    ['without keepAlive closes each', `{}`, `['/hello', '/hello']`],
    ['without keepAlive but with a limit uses them again', `{ maxSockets: 1 }`, `['/hello', '/hello', '/hello']`],
    ['keeps no more free than it may', `{ keepAlive: true, maxFreeSockets: 1 }`, `['/hello', '/hello', '/hello']`],
    [
      'opens no more in all than it may',
      `{ keepAlive: true, maxTotalSockets: 2 }`,
      `['/hello', '/hello', '/hello', '/hello']`,
    ],
    ['keeps none that failed', `{ keepAlive: true, maxSockets: 1 }`, `['/cut', '/hello']`],
  ])('%s', (_what, options, paths) =>
    same(
      `${counts} const agent = new http.Agent(${options}); const seen = (await many(agent, ${paths})).sort((a, b) => a[0] - b[0]); const before = counts(agent); await settled(); const after = counts(agent); agent.destroy(); await settled(); return [seen, before, after, counts(agent)]`,
    ),
  );

  it('takes the last used connection first, or the first', () =>
    same(
      `${counts} const seen = []; for (const scheduling of ['lifo', 'fifo']) { const agent = new http.Agent({ keepAlive: true, scheduling }); await many(agent, ['/hello', '/slow-head']); await settled(); const [first, second] = Object.values(agent.freeSockets)[0]; const req = http.get(base + '/hello', { agent }); const socket = await until(req, 'socket'); seen.push(socket === first, socket === second); req.on('response', (res) => res.resume()); await until(req, 'close'); agent.destroy() } return seen`,
    ));

  it('gives idle connections up after its timeout, or sooner where the server says so', () =>
    same(
      `${counts} const idle = async (options, path) => { const agent = new http.Agent({ keepAlive: true, ...options }); await many(agent, [path]); await settled(); const seen = [Object.values(agent.freeSockets).flat().map((socket) => socket.timeout), counts(agent)]; const startedAt = Date.now(); if (options.timeout === 500) while (agent.totalSocketCount > 0 && Date.now() < startedAt + 10000) await settled(); seen.push(counts(agent)); agent.destroy(); return seen };
        return [await idle({ timeout: 500 }, '/hello'), await idle({ timeout: 60000 }, '/hinting?timeout=5'), await idle({ timeout: 60000 }, '/hinting?timeout=1'), await idle({}, '/hinting?timeout=5')]`,
    ));

  it('can be one of the script', () =>
    same(`const net = require('net'); class Own extends http.Agent { createConnection(options, done) { seen.push(['connects', typeof done, Object.keys(options).sort()]); return super.createConnection(options, done) } keepSocketAlive(socket) { seen.push('keeps'); return super.keepSocketAlive(socket) } reuseSocket(socket, req) { seen.push('again'); super.reuseSocket(socket, req) } } const seen = []; const agent = new Own({ keepAlive: true });
      for (let i = 0; i < 2; i++) { const req = http.get(base + '/hello', { agent }); req.on('response', (res) => res.resume()); await until(req, 'close') } agent.destroy();
      const events = []; function Old() { http.Agent.call(this, { keepAlive: true }); } require('util').inherits(Old, http.Agent); const old = new Old(); old.on('free', (socket, options) => events.push(['free', options.host])); const req = http.get(base + '/hello', { agent: old }); req.on('response', (res) => res.resume()); await until(req, 'close'); await new Promise((done) => setTimeout(done, 10)); old.destroy(); return [seen, events]`));
});
