/** Connections of requests that one run leaves idle and a later one may use. */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { createCertificate } from '@userferry/local-databases';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type RawAnswer,
  startHttpServer,
  startHttpsServer,
  startRawServer,
  type TestServer,
} from './testing/http-servers.ts';
import { expectServedByOne, resultOf } from './testing/kept-sessions.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { type Result, type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

const CERTIFICATE = createCertificate(['localhost', '127.0.0.1']);
const OTHER = createCertificate(['localhost', '127.0.0.1']);

/** One script for all runs, so that they are served by one isolate and may share connections: what it does is an argument. */
const SCRIPT = `const http = require('http'); const https = require('https');
const base = 'http://127.0.0.1:' + env.PORT; const secure = 'https://localhost:' + env.TLS_PORT;
const text = async (res) => { res.setEncoding('utf8'); let all = ''; for await (const part of res) all += part; return all };
const answered = async (req) => text(await new Promise((done, fail) => req.on('response', done).on('error', fail)));
const get = (url, options = {}) => answered((url.startsWith('https') ? https : http).get(url, { ca: env.CA, ...options }));
const post = (url, body, options = {}) => { const req = (url.startsWith('https') ? https : http).request(url, { method: 'POST', ca: env.CA, ...options }); req.end(body); return answered(req) };
async function login(code) {
  return (async () => {}).constructor('http', 'https', 'base', 'secure', 'get', 'post', 'answered', 'require', 'env', code)(http, https, base, secure, get, post, answered, require, env);
}`;
const GET = "return get(base + '/port')";
const SECURE = "return get(secure + '/port')";

/** Answers with the port that a request came from: who asks on the same connection is told the same. */
const answer: RequestListener = async (request, response) => {
  const { pathname, searchParams } = new URL(request.url as string, 'http://x');
  for await (const _part of request as IncomingMessage);
  for (const [name, value] of searchParams) response.setHeader(name, value);
  if (pathname === '/nothing') response.writeHead(204).end();
  else if (pathname === '/large') response.end('x'.repeat(400_000));
  else if (pathname === '/chunks') {
    response.write('a');
    setTimeout(() => response.end('b'), 10);
  } else if (pathname === '/slow') {
    response.write('a');
    setTimeout(() => response.end('b'), 1000).unref();
  } else response.end(String(request.socket.remotePort));
};

let host: TestHost;
let servers: Record<'plain' | 'secure', TestServer>;
/** Those of the bare servers of single tests. */
let others: TestServer[] = [];

const env = () => ({
  PORT: servers.plain.port,
  TLS_PORT: servers.secure.port,
  CA: CERTIFICATE.caCertificate,
  OTHER_CA: OTHER.caCertificate,
  CERT: OTHER.certificate,
  KEY: OTHER.privateKey,
});
const run = (code: string, more: RunOptions = {}): Promise<Result> =>
  host.run(SCRIPT, { env: env(), args: [code], ...more });
const give = async (code: string, more?: RunOptions): Promise<unknown> => resultOf(await run(code, more));
const NEW = { connectionsOpened: 1, connectionsReused: 0 };
const KEPT = { connectionsOpened: 0, connectionsReused: 1 };

beforeAll(async () => {
  servers = { plain: await startHttpServer(answer), secure: await startHttpsServer(CERTIFICATE, {}, answer) };
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop();
});
beforeEach(async () => {
  host = await startHost();
});
afterEach(async () => {
  for (const server of others) await server.stop();
  others = [];
  await host?.stop();
});

describe('a connection on which all was answered', () => {
  it.each([
    ['http', GET],
    ['https', SECURE],
    ['a request with a body', "return post(base + '/port', 'name=alice')"],
    [
      'a request in chunks',
      "const r = http.request(base + '/port', { method: 'PUT' }); r.write('a'); r.end('b'); return answered(r)",
    ],
    ['an answer in chunks', "await get(base + '/chunks'); return get(base + '/port')"],
    [
      'an answer without a body',
      "await get(base + '/nothing'); await answered(http.request(base + '/nothing', { method: 'HEAD' }).end()); return get(base + '/port')",
    ],
    ['a large answer', "await get(secure + '/large'); return get(secure + '/port')"],
    [
      'an answer that nobody listens to',
      "await new Promise((done) => http.get(base + '/large', (res) => { res.resume(); res.on('end', done) })); return get(base + '/port')",
    ],
    ['fetch', "return (await fetch(base + '/port')).text()"],
    ['axios', "const { data } = await require('axios').get(base + '/port'); return String(data)"],
    [
      'axios with an agent that the script ends',
      "const httpsAgent = new https.Agent({ keepAlive: true, ca: env.CA }); const { data } = await require('axios').post(secure + '/port', { a: 1 }, { httpsAgent }); httpsAgent.destroy(); return String(data)",
    ],
    ['a check of the name by the script', "return get(secure + '/port', { checkServerIdentity: () => undefined })"],
    ['a certificate of its own', "return get(secure + '/port', { cert: env.CERT, key: env.KEY })"],
    ['trust in anybody', "return get(secure + '/port', { ca: undefined, rejectUnauthorized: false })"],
    ['a login by header', "return get(base + '/port', { headers: { authorization: 'Basic YTpi' } })"],
  ])('serves the next run: %s', (_what, code) => expectServedByOne(() => run(code)));

  it('shows the next run what the handshake was', async () => {
    const code =
      "const r = https.get(secure + '/port', { ca: env.CA }); await answered(r); const { socket } = r; return 0";
    const facts = `const seen = []; const r = https.get(secure + '/port', { ca: env.CA }); r.on('socket', (s) => s.on('secureConnect', () => seen.push(s.authorized, s.getProtocol(), s.getPeerCertificate().subject, s.getCipher().name, s.isSessionReused(), s.getPeerCertificate().fingerprint256, s.remotePort === Number(env.TLS_PORT)))); await answered(r); return seen`;
    await give(code);
    const [first, next] = [await run(facts), await run(facts)];
    expect(next.usage).toMatchObject(KEPT);
    expect(resultOf(next)).toEqual(resultOf(first));
    await createSideBySide(() => host, env).expectSame(
      `const https = require('https'); const secure = 'https://localhost:' + env.TLS_PORT; const answered = (r) => new Promise((done, fail) => r.on('error', fail).on('response', (res) => res.resume().on('end', done))); ${facts}`,
    );
  });

  it.each([
    ['another authority', SECURE, "return get(secure + '/port', { ca: [env.CA, env.OTHER_CA] })"],
    ['a certificate of its own', SECURE, "return get(secure + '/port', { cert: env.CERT, key: env.KEY })"],
    ['no check', SECURE, "return get(secure + '/port', { rejectUnauthorized: false })"],
    [
      'another server name',
      SECURE,
      "return get(secure + '/port', { servername: '127.0.0.1.example', checkServerIdentity: () => undefined })",
    ],
    ['another version of TLS', SECURE, "return get(secure + '/port', { maxVersion: 'TLSv1.2' })"],
    [
      'another name of the same place',
      GET,
      "return get(base.replace('127.0.0.1', 'localhost') + '/port', { family: 4 })",
    ],
    ['TLS', GET, SECURE],
    ['an agent that keeps nothing', GET, "return get(base + '/port', { agent: new http.Agent() })"],
    ['no agent', GET, "return get(base + '/port', { agent: false })"],
  ])('is not taken by a request with %s', async (_what, first, other) => {
    const port = await give(first);
    const next = await run(other);
    expect(next.usage).toMatchObject(NEW);
    expect(resultOf(next)).not.toBe(port);
  });

  it('is not taken where nobody trusts the certificate', async () => {
    await give(SECURE);
    const next = await run("return get(secure + '/port', { ca: env.OTHER_CA }).then(() => 'trusted', (e) => e.code)");
    expect(resultOf(next)).not.toBe('trusted');
  });

  it('is not taken by another script, another version of it, or in another environment', async () => {
    const port = await give(GET);
    expect(await give(GET, { env: { ...env(), MORE: '1' } })).not.toBe(port);
    const next = await host.run(`${SCRIPT} // changed`, { env: env(), args: [GET] });
    expect(resultOf(next)).not.toBe(port);
    expect(await give(GET)).toBe(port);
  });

  it('is not taken where the policy does not let this run there', async () => {
    const port = await give(GET);
    const next = await run(GET, { reuse: { destinations: [] } });
    expect(next.usage).toMatchObject(NEW);
    expect(resultOf(next)).not.toBe(port);
  });

  it('is not kept where reuse is off', async () => {
    await give(GET, { reuse: undefined });
    expect((await run(GET, { reuse: undefined })).usage).toMatchObject(NEW);
  });

  it('asks the function of the script whom the certificate is for, in every run', async () => {
    const code = (verdict: string): string =>
      `return get(secure + '/port', { checkServerIdentity: (name) => { console.log(name); return ${verdict} } }).catch((e) => e.message)`;
    await give(code('undefined'));
    const next = await run(code("new Error('not this one')"));
    expect(next.logs.map(({ text }) => text)).toEqual(['localhost']);
    expect(resultOf(next)).toBe('not this one');
  });

  it('is given up a second before its server gives it up', async () => {
    await give("await get(base + '/port?keep-alive=timeout%3D1&connection=keep-alive')");
    expect((await run(GET)).usage).toMatchObject(NEW);
    await give("await get(base + '/port?keep-alive=timeout%3D3&connection=keep-alive')");
    expect((await run(GET)).usage).toMatchObject(KEPT);
  });
});

describe('a connection is not kept', () => {
  it.each([
    ['that was to be closed', "return get(base + '/port', { headers: { connection: 'close' } })"],
    ['of an agent that keeps none', "return get(base + '/port', { agent: new http.Agent({ keepAlive: false }) })"],
    ['of no agent', "return get(base + '/port', { agent: false })"],
    ['that its server wants closed', "return get(base + '/port?connection=close')"],
    [
      'whose answer is not read to the end',
      "return new Promise((done) => http.get(base + '/slow', (res) => res.once('data', () => { res.destroy(); done() })))",
    ],
    [
      'whose request was given up',
      "return new Promise((done) => { const r = http.get(base + '/port', () => {}); r.on('error', done); r.on('socket', (s) => s.on('connect', () => r.destroy())) })",
    ],
    ['that a server lets in by NTLM', "return get(base + '/port?www-authenticate=NTLM')"],
    ['that a server lets in by Negotiate', "return get(base + '/port?www-authenticate=Basic,%20Negotiate%20abc%3D')"],
    ['that was let in by NTLM', "return get(base + '/port', { headers: { authorization: 'NTLM TlRMTVNTUAAB' } })"],
    ['that expected to be told to go on', "return post(base + '/port', 'a', { headers: { expect: '100-continue' } })"],
    [
      'on which the script wrote itself',
      "const r = http.get(base + '/port'); r.on('socket', (s) => s.on('connect', () => s.write('GET /port HTTP/1.1\\\\r\\\\nhost: x\\\\r\\\\n\\\\r\\\\n'))); return answered(r)",
    ],
    [
      'on which the script wrote half a request',
      "const r = http.get(base + '/port'); const { socket } = r; r.on('socket', (s) => { r.on('close', () => s.write('GET /port HT')) }); await answered(r); await new Promise((done) => setTimeout(done, 20))",
    ],
  ])('%s', async (_what, code) => {
    await run(code.replaceAll('\\\\', '\\'));
    expect((await run(GET)).usage).toMatchObject(NEW);
  });

  it.each([
    [
      'that ran out of time',
      "await get(base + '/port'); return new Promise(() => setTimeout(() => {}, 60000))",
      'timed_out',
    ],
    [
      'that failed where nobody could catch it',
      "await get(base + '/port'); setTimeout(() => { throw new Error('lost') }, 1); return new Promise(() => {})",
      'threw',
    ],
  ])('after a run %s', async (_what, code, outcome) => {
    const timeoutMs = outcome === 'timed_out' ? 1_000 : 20_000;
    expect(await run(code, { timeoutMs })).toMatchObject({ outcome });
    expect((await run(GET)).usage).toMatchObject(NEW);
  });

  it('after TLS that took up a session of before', async () => {
    const code =
      "const agent = new https.Agent({ keepAlive: true, ca: env.CA, maxVersion: 'TLSv1.2', maxSockets: 1 }); await get(secure + '/port?connection=close', { agent }); const r = https.get(secure + '/port', { agent }); await answered(r); const reused = r.reusedSocket; agent.destroy(); return reused";
    await give(code);
    expect((await run(code)).usage).toMatchObject({ connectionsOpened: 2, connectionsReused: 0 });
  });

  it('where its certificate has ended meanwhile', async () => {
    const shortLived = createCertificate(['localhost'], 4 / 86_400);
    const server = await startHttpsServer(shortLived, {}, answer);
    others.push(server);
    const more = { env: { ...env(), TLS_PORT: server.port, CA: shortLived.caCertificate } };
    await give("return get(secure + '/port?keep-alive=timeout%3D60&connection=keep-alive')", more);
    await new Promise((resolve) => setTimeout(resolve, 4500));
    expect(await give("return get(secure + '/port').catch((e) => e.code)", more)).toBe('CERT_HAS_EXPIRED');
  });
});

/** What a server says on a bare connection to the first request, and what it does after that. */
const HEAD = 'HTTP/1.1 200 OK\r\n';
const FINE = `${HEAD}content-length: 2\r\n\r\nok`;
const saying =
  (bytes: string, then: (socket: Socket) => void = () => undefined): RawAnswer =>
  (socket) =>
    void socket.write(bytes, 'latin1', () => then(socket));

describe('a server that misbehaves is not met again on the same connection:', () => {
  it.each<[string, RawAnswer]>([
    ['it says more than was asked', saying(`${FINE}HTTP/1.1 200 OK\r\n`)],
    ['it answers twice', saying(FINE + FINE)],
    ['it says something later', saying(FINE, (socket) => void setTimeout(() => socket.write('more'), 30))],
    ['it answers the next request beforehand', saying(FINE, (socket) => void setTimeout(() => socket.write(FINE), 30))],
    ['it ends its side', saying(FINE, (socket) => void setTimeout(() => socket.end(), 30))],
    ['it is gone', saying(FINE, (socket) => void setTimeout(() => socket.resetAndDestroy(), 30))],
    ['it tells two lengths', saying(`${HEAD}content-length: 2\r\ncontent-length: 2\r\n\r\nok`)],
    [
      'it tells a length and chunks',
      saying(`${HEAD}transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n`),
    ],
    ['it speaks an old version', saying('HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok')],
    ['it tells no end', saying(`${HEAD}\r\nok`, (socket) => void socket.end())],
    ['it ends lines as it likes', saying(`${HEAD}a: b\ncontent-length: 2\r\n\r\nok`)],
    ['it folds lines', saying(`${HEAD}a: b\r\n c\r\ncontent-length: 2\r\n\r\nok`)],
  ])('%s', async (_what, raw) => {
    const server = await startRawServer(raw);
    others.push(server);
    const more = { env: { ...env(), PORT: server.port } };
    // A machine with much to do may notice it later, and never where it is not looked for.
    const isMetAgain = async (): Promise<unknown> => {
      await run("return get(base + '/').catch(() => 0)", more);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await run("return get(base + '/').catch(() => 0)", more)).usage.connectionsReused;
    };
    await expect.poll(isMetAgain, { timeout: 15_000 }).toBe(0);
  });

  it('an early answer to a request that goes on', async () => {
    const server = await startRawServer(saying(FINE));
    others.push(server);
    const more = { env: { ...env(), PORT: server.port } };
    const code =
      "const r = http.request(base + '/', { method: 'POST', headers: { 'content-length': 4 } }); r.write('ab'); const said = await answered(r); r.end('cd'); await new Promise((done) => setTimeout(done, 20)); return said";
    await run(code, more);
    expect((await run(code, more)).usage).toMatchObject({ connectionsReused: 0 });
  });
});

describe('what one run did', () => {
  it('reaches no later run by the connection', async () => {
    await give(
      `const r = http.get(base + '/port'); r.on('socket', (s) => { s.setTimeout(1, () => console.log('late')); s.on('data', () => console.log('heard')); s.on('close', () => console.log('closed')) });
      http.Agent.prototype.keepSocketAlive = () => true; require('net').kept = r; require('net').connect = () => { throw new Error('patched') }; http.globalAgent = null; await answered(r); await new Promise((done) => setTimeout(done, 20))`.replaceAll(
        "console.log('late')",
        'undefined',
      ),
    );
    const next = await run("return [require('net').kept ?? null, (await get(base + '/port')).length > 0]");
    expect(resultOf(next)).toEqual([null, true]);
    expect(next.logs).toEqual([]);
  });

  it('reaches no later run by an answer that came late', async () => {
    const server = await startRawServer((socket, head) => {
      const name = /\/(\w+)/.exec(head)?.[1] ?? '';
      setTimeout(() => socket.write(`${HEAD}content-length: ${name.length}\r\n\r\n${name}`), name === 'alice' ? 60 : 0);
    });
    others.push(server);
    const more = { env: { ...env(), PORT: server.port } };
    await run(
      "const r = http.get(base + '/alice'); r.on('error', () => {}); setTimeout(() => r.destroy(), 20); await new Promise((done) => setTimeout(done, 30))",
      more,
    );
    for (let turn = 0; turn < 5; turn++) expect(await give("return get(base + '/bob')", more)).toBe('bob');
  });

  it('leaves a request that is lost on a kept connection to the script, as in Node', async () => {
    const server = await startRawServer((socket, head) => {
      if (head.startsWith('GET /last')) socket.destroy();
      else socket.write(FINE);
    });
    others.push(server);
    const more = { env: { ...env(), PORT: server.port } };
    await give("return get(base + '/')", more);
    const next = await run("return get(base + '/last').catch((e) => [e.code, e.message])", more);
    expect(next.usage).toMatchObject(KEPT);
    expect(resultOf(next)).toEqual(['ECONNRESET', 'socket hang up']);
  });
});
