/** `fetch` inside the isolate, side by side with plain Node against the same servers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createCertificate, findFreePort } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answerRoutes,
  startHttpServer,
  startHttpsServer,
  startMirror,
  startRawServer,
  type TestServer,
} from './testing/http-servers.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const TEXT = Buffer.from('compressed '.repeat(3000));
/** Bodies by the content coding in the path. */
const CODED: Readonly<Record<string, Buffer>> = {
  gzip: gzipSync(TEXT),
  'x-gzip': gzipSync(TEXT),
  deflate: deflateSync(TEXT),
  'deflate,raw': deflateRawSync(TEXT),
  br: brotliCompressSync(TEXT),
  zstd: zstdCompressSync(TEXT),
  'gzip, br': brotliCompressSync(gzipSync(TEXT)),
  'gzip,broken': Buffer.from('this is no gzip'),
  'gzip,cut': gzipSync(TEXT).subarray(0, 40),
  'gzip,bomb': gzipSync(Buffer.alloc(150e6)),
  unknown: TEXT,
};

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url as string, 'http://x');
  const name = decodeURIComponent(pathname.slice('/coded/'.length));
  if (!pathname.startsWith('/coded/')) answerRoutes(request, response);
  else {
    const coding = name.replace(/,(?:raw|broken|cut|bomb)$/, '');
    response.writeHead(200, { 'content-encoding': coding }).end(CODED[name]);
  }
}

const RIGHT = createCertificate(['localhost', '127.0.0.1']);
let host: TestHost;
let servers: Record<'PORT' | 'OTHER_PORT' | 'MIRROR_PORT' | 'SECURE_PORT' | 'RAW_PORT' | 'CLOSED_PORT', TestServer>;
const env = () => Object.fromEntries(Object.entries(servers).map(([name, { port }]) => [name, port]));
const { expectSame, inIsolate } = createSideBySide(() => host, env);

beforeAll(async () => {
  host = await startHost();
  servers = {
    PORT: await startHttpServer(answer),
    OTHER_PORT: await startHttpServer(answer),
    MIRROR_PORT: await startMirror(),
    SECURE_PORT: await startHttpsServer(RIGHT),
    RAW_PORT: await startRawServer((socket, head) => {
      const bytes = decodeURIComponent(/^GET \/(\S*)/.exec(head)?.[1] ?? '');
      if (bytes === 'close') socket.destroy();
      else socket.end(Buffer.from(bytes, 'latin1'));
    }),
    CLOSED_PORT: { port: String(await findFreePort()), stop: async () => undefined },
  };
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop();
  await host.stop();
});

const PRELUDE = `
const base = 'http://127.0.0.1:' + env.PORT; const other = 'http://localhost:' + env.OTHER_PORT; const mirror = 'http://127.0.0.1:' + env.MIRROR_PORT;
const steady = (value) => JSON.parse(JSON.stringify(value).replace(/[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} [0-9:]+ GMT/g, 'DATE').replace(/-+formdata-[a-z]+-[0-9]+/g, 'BOUNDARY').replaceAll(env.PORT, 'PORT').replaceAll(env.OTHER_PORT, 'OTHER').replaceAll(env.MIRROR_PORT, 'MIRROR').replaceAll(env.SECURE_PORT, 'SECURE').replaceAll(env.RAW_PORT, 'RAW').replaceAll(env.CLOSED_PORT, 'CLOSED'));
const brief = async (response) => steady([response.status, response.statusText, response.ok, response.type, response.url, response.redirected, [...response.headers], response.bodyUsed, await response.text()]);
const told = (e) => steady(e && typeof e === 'object' ? { name: e.name, message: e.message, code: e.code, cause: e.cause && told(e.cause), of: e instanceof Error && e.constructor.name } : String(e));
const failing = async (call) => { try { return ['fine', await call()] } catch (e) { return ['threw', told(e)] } };
const raw = (text) => fetch('http://127.0.0.1:' + env.RAW_PORT + '/' + encodeURIComponent(text));
const wire = async (init, path = '/x') => steady((await (await fetch(mirror + path, init)).text()));
`;
const same = (body: string) => expectSame(`${PRELUDE} ${body}`);

describe('a request', () => {
  it.each([
    ['get', `fetch(base + '/hello')`],
    ['get of a URL object with a query', `fetch(new URL(base + '/echo?a=1&b=%20#fragment'))`],
    ['get of a Request', `fetch(new Request(base + '/echo', { headers: { 'x-own': 'yes' } }), { method: 'DELETE' })`],
    ['headers that come several times', `fetch(base + '/headers')`],
    ['no content', `fetch(base + '/nothing')`],
    ['not modified', `fetch(base + '/unchanged')`],
    ['not found', `fetch(base + '/missing')`],
    ['hints before the answer', `fetch(base + '/early')`],
    ['a body piece by piece', `fetch(base + '/drip')`],
    ['a connection that closes after it', `fetch(base + '/last')`],
    ['head', `fetch(base + '/hello', { method: 'HEAD' })`],
    ['data: URL', `fetch('data:text/plain;charset=utf-8;base64,aGVsbG8=')`],
    ['data: URL as text', `fetch('data:,a%20b')`],
  ])('%s', (_what, call) => same(`return await brief(await ${call})`));

  it('goes over the wire as it does from plain Node', () =>
    same(`const form = new FormData(); form.append('a', '1'); form.append('f', new Blob(['content'], { type: 'text/x' }), 'f.txt'); form.append('g', new File(['x'], 'g".bin'));
      async function* pieces() { yield Buffer.from('one'); yield new Uint8Array([33]); }
      return [await wire(), await wire({ headers: { 'X-A': 'b', accept: 'text/html', 'User-Agent': 'own' } }), await wire({ headers: [['x', '1'], ['x', '2']], cache: 'no-store' }), await wire({ method: 'post', body: 'text' }), await wire({ method: 'PUT' }), await wire({ method: 'PATCH', body: JSON.stringify({ a: 1 }), headers: { 'content-type': 'application/json' } }),
        await wire({ method: 'POST', body: new URLSearchParams({ a: 'b c', d: '\\u00e9' }) }), await wire({ method: 'POST', body: form }), await wire({ method: 'POST', body: new Uint8Array([1, 2, 3]) }), await wire({ method: 'POST', body: new Uint8Array([65, 66]).buffer }), await wire({ method: 'POST', body: new Blob(['blob'], { type: 'a/b' }) }),
        await wire({ method: 'POST', body: pieces(), duplex: 'half' }), await wire({ method: 'POST', body: new Blob(['streamed']).stream(), duplex: 'half' }), await wire({ method: 'DELETE', body: 'x' }), await wire({ method: 'CUSTOM' }), await wire({ headers: { connection: 'close', host: 'other.example' } }), await wire({ referrer: 'about:client', mode: 'cors', credentials: 'omit' }), await wire({}, '/a b?c#d'), await wire({}, '?')]`));

  it('over TLS, where the certificate is not known', () =>
    same(`return await failing(() => fetch('https://localhost:' + env.SECURE_PORT + '/hello'))`));
});

describe('a body', () => {
  it.each(Object.keys(CODED).filter((name) => !name.endsWith('bomb')))('coded as %s', (name) =>
    same(
      `return await failing(async () => { const r = await fetch(base + '/coded/' + encodeURIComponent('${name}')); const text = await r.text(); return [r.status, steady([...r.headers]), text.length, text.slice(0, 20)] })`,
    ),
  );
  it('in every form, once', () =>
    same(`const get = () => fetch(base + '/echo'); const r = await get(); const seen = [r.bodyUsed, steady(await r.json()), r.bodyUsed, await failing(() => r.text()), await failing(async () => r.clone())];
      const b = await (await get()).blob(); const a = await (await get()).arrayBuffer(); const by = await (await get()).bytes(); seen.push(b.type, b.size === a.byteLength, by.byteLength === a.byteLength, by.constructor.name, await failing(async () => (await fetch(base + '/hello')).json()), await failing(async () => (await fetch(base + '/hello')).formData())); return seen`));
  it('cloned, read as a stream, and as an iterator', () =>
    same(
      `const r = await fetch(base + '/drip'); const c = r.clone(); const reader = c.body.getReader(); let text = ''; for (;;) { const { done, value } = await reader.read(); if (done) break; text += Buffer.from(value).toString() } let all = ''; for await (const part of r.body) all += Buffer.from(part); return [text, all, r.bodyUsed, c.bodyUsed, r.body.locked, (await fetch(base + '/nothing')).body]`,
    ));
  it('larger than the memory for it waits for its reader', async () => {
    const { outcome, resultJson } = await host.run(
      `async function login() { const r = await fetch('http://127.0.0.1:' + env.PORT + '/large'); const reader = r.body.getReader(); let n = 0; await new Promise((done) => setTimeout(done, 100)); for (;;) { const { done, value } = await reader.read(); if (done) return n; n += value.byteLength } }`,
      { env: env(), timeoutMs: 50_000, memoryLimitBytes: 24 * 1024 * 1024 },
    );
    expect([outcome, resultJson]).toEqual(['completed', String(Math.ceil(100e6 / 65536) * 65536)]);
  });
  it('that is a bomb ends at the memory limit', async () => {
    const { outcome } = await host.run(
      `async function login() { return (await (await fetch('http://127.0.0.1:' + env.PORT + '/coded/gzip,bomb')).text()).length }`,
      { env: env(), timeoutMs: 20_000, memoryLimitBytes: 64 * 1024 * 1024 },
    );
    expect(outcome).toBe('out_of_memory');
  });
  it('of a form that is sent back', () =>
    same(`const form = new FormData(); form.append('a', 'x y'); form.append('f', new File(['content'], 'f.txt', { type: 'text/x' })); const back = await new Response(form).formData(); const f = back.get('f');
      return [[...back].map(([k, v]) => [k, typeof v === 'string' ? v : [v.constructor.name, v.name, v.type, v.size]]), await f.text(), [...await new Response(new URLSearchParams('a=1&a=2')).formData()]]`));
});

describe('a redirect', () => {
  const to = (path: string, status: number, init = '') =>
    `fetch(base + '/redirect?status=${status}&to=' + encodeURIComponent(${path}), { ${init} })`;
  it.each([301, 302, 303, 307, 308])('%s changes the method as it should', (status) =>
    same(
      `const seen = []; for (const method of ['GET', 'POST', 'PUT', 'HEAD']) seen.push(await failing(async () => brief(await ${to(`'/echo'`, status, `method, ...(method[0] === 'P' ? { body: 'data', headers: { 'content-type': 'text/own' } } : {})`)}))); return seen`,
    ),
  );
  it.each([
    ['is an error where it is asked to be', to(`'/hello'`, 302, `redirect: 'error'`)],
    ['is shown where it is asked to be', to(`'/hello'`, 302, `redirect: 'manual'`)],
    [
      'drops credentials on the way to another origin',
      to(`other + '/echo'`, 307, `headers: { authorization: 'secret', cookie: 'a=b', 'x-own': 'kept', host: 'x' }`),
    ],
    [
      'keeps credentials at the same origin',
      to(`'/echo'`, 302, `headers: { authorization: 'secret', 'x-own': 'kept' }`),
    ],
    [
      'ends after twenty',
      `fetch(base + '/redirect?to=' + encodeURIComponent('/redirect?to=' + encodeURIComponent('?to=x')))`,
    ],
    ['to nowhere', to(`''`, 302)],
    ['to another kind of URL', to(`'ftp://x/'`, 302)],
    ['with a password in it', to(`'http://u:p@127.0.0.1:' + env.PORT + '/echo'`, 302)],
    [
      'of a stream that cannot be sent again',
      to(`'/echo'`, 307, `method: 'POST', duplex: 'half', body: new Blob(['x']).stream()`),
    ],
  ])('%s', (_what, call) => same(`return await failing(async () => brief(await ${call}))`));
});

describe('what goes wrong', () => {
  it.each([
    ['a refused connection', `fetch('http://127.0.0.1:' + env.CLOSED_PORT)`],
    ['a name that nobody has', `fetch('http://nowhere.invalid/')`],
    ['a port that is not allowed', `fetch('http://127.0.0.1:25/')`],
    ['a port that is not allowed either', `fetch('http://127.0.0.1:1/')`],
    ['no protocol for it', `fetch('ftp://x/')`],
    ['an answer that is no HTTP', `raw('nonsense\\r\\n\\r\\n')`],
    ['a connection that closes without an answer', `raw('close')`],
    ['a connection that closes in the middle', `fetch(base + '/cut').then((r) => r.text())`],
    ['a password in the URL', `fetch('http://u:p@127.0.0.1/')`],
    ['a body for GET', `fetch(base + '/hello', { body: 'x' })`],
    ['a method that is not allowed', `fetch(base + '/hello', { method: 'TRACE' })`],
    ['a method that is none', `fetch(base + '/hello', { method: 'a b' })`],
    ['a header that is none', `fetch(base + '/hello', { headers: { 'a b': 'c' } })`],
    ['a header with a line feed', `fetch(base + '/hello', { headers: { a: 'b\\nc' } })`],
    ['a header beyond Latin-1', `fetch(base + '/hello', { headers: { a: '\\u4f60' } })`],
    ['transfer-encoding of one’s own', `fetch(base + '/hello', { headers: { 'transfer-encoding': 'chunked' } })`],
    ['expect', `fetch(base + '/hello', { headers: { expect: '100-continue' } })`],
    ['an upgrade', `fetch(base + '/hello', { headers: { upgrade: 'x' } })`],
    ['another length', `fetch(base + '/echo', { method: 'POST', body: 'abc', headers: { 'content-length': 'x' } })`],
    ['a stream without duplex', `fetch(base + '/echo', { method: 'POST', body: new Blob(['x']).stream() })`],
    [
      'a stream that fails',
      `fetch(base + '/hello', { method: 'POST', duplex: 'half', body: (async function* () { yield Buffer.from('x'); throw new RangeError('no more') })() })`,
    ],
    ['a signal of another kind', `fetch(base + '/hello', { signal: 5 })`],
    ['a redirect mode of another kind', `fetch(base + '/hello', { redirect: 'maybe' })`],
  ])('%s', (_what, call) => same(`return await failing(async () => brief(await ${call}))`));

  it('is aborted: before, while waiting, in the body, by time', () =>
    same(`const seen = []; seen.push(await failing(() => fetch(base + '/hello', { signal: AbortSignal.abort() })), await failing(() => fetch(base + '/hello', { signal: AbortSignal.abort(new RangeError('own')) })));
      const c = new AbortController(); setTimeout(() => c.abort(), 30); seen.push(await failing(() => fetch(base + '/never', { signal: c.signal }))); const d = new AbortController(); setTimeout(() => d.abort('why'), 30); seen.push(await failing(() => fetch(base + '/never', { signal: d.signal })));
      seen.push(await failing(() => fetch(base + '/never', { signal: AbortSignal.timeout(30) }))); const e = new AbortController(); const r = await fetch(base + '/large', { signal: e.signal }); const reader = r.body.getReader(); await reader.read(); e.abort(); seen.push(await failing(async () => { for (;;) if ((await reader.read()).done) return 'done' })); 
      const f = new AbortController(); const late = await fetch(base + '/hello', { signal: f.signal }); const text = await late.text(); f.abort(); seen.push(text, await failing(() => fetch(new Request(base + '/never', { signal: AbortSignal.timeout(20) })))); const any = AbortSignal.any([AbortSignal.timeout(20), new AbortController().signal]); seen.push(await failing(() => fetch(base + '/never', { signal: any }))); return seen`));

  it.each([
    ['refused', `fetch('http://127.0.0.1:' + env.CLOSED_PORT)`],
    ['without a name', `fetch('http://nowhere.invalid/')`],
    ['closed early', `fetch('http://127.0.0.1:' + env.RAW_PORT + '/close')`],
    ['cut', `(await fetch('http://127.0.0.1:' + env.PORT + '/cut')).text()`],
    ['of an unknown authority', `fetch('https://localhost:' + env.SECURE_PORT + '/hello')`],
    [
      'refused, in an error of one’s own',
      `fetch('http://127.0.0.1:' + env.CLOSED_PORT).catch((cause) => { throw new Error('Login service', { cause }) })`,
    ],
  ])('counts as an unreachable store where the connection was %s', async (_how, call) => {
    const { outcome } = await host.run(`async function login() { return await ${call} }`, { env: env() });
    expect(outcome).toBe('store_unreachable');
  });
  it('says that the egress policy forbids it', async () => {
    const { outcome, error } = await host.run(`async function login() { await fetch('http://denied.example/') }`);
    const message = 'fetch failed (denied.example is not allowed by the rule "none")';
    expect([outcome, error?.name, error?.message]).toEqual(['egress_denied', 'TypeError', message]);
  });
});

it.each([
  ['end with the run where none is kept', { reuse: undefined }, 2],
  ['serve the next run', {}, 1],
])('connections are used again, and %s', async (_what, options, opened) => {
  const body = `for (let i = 0; i < 5; i++) { const r = await fetch('http://127.0.0.1:' + env.PORT + '/hello?kept'); await r.text() } return 'done'`;
  const before = host.frames.filter(({ kind }) => kind === 'connect').length;
  for (let i = 0; i < 2; i++) expect(await inIsolate(body, options)).toBe('done');
  expect(host.frames.filter(({ kind }) => kind === 'connect').length - before).toBe(opened);
});

it('many requests at once', () =>
  same(
    `return (await Promise.all(Array.from({ length: 40 }, async (_, i) => (await fetch(base + '/echo?' + i)).json()))).map((x) => x.url)`,
  ));
