/** What a client of TLS sees and may do beside its conversation, side by side with plain Node. */
import { createServer as createPlainServer, type Server } from 'node:net';
import { createServer, type Server as TlsServer } from 'node:tls';
import { createCertificate } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const RIGHT = createCertificate(['localhost', '127.0.0.1']);
let host: TestHost;
let servers: Record<'PORT' | 'OCSP_PORT' | 'CUT_PORT', Server | TlsServer>;
let secureConnections = 0;

const listening = async <S extends Server | TlsServer>(server: S): Promise<S> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};
const secure = (): TlsServer => {
  const server = createServer({ cert: RIGHT.certificate + RIGHT.caCertificate, key: RIGHT.privateKey }, (socket) => {
    secureConnections += 1;
    socket.on('error', () => undefined).resume();
    socket.end('hello');
  });
  return server.on('tlsClientError', () => undefined);
};

beforeAll(async () => {
  host = await startHost();
  servers = {
    PORT: await listening(secure()),
    OCSP_PORT: await listening(
      secure().on('OCSPRequest', (_certificate, _issuer, done) => done(null, Buffer.from('stapled'))),
    ),
    CUT_PORT: await listening(createPlainServer((socket) => void socket.on('error', () => undefined).destroy())),
  };
});
afterAll(async () => {
  for (const server of Object.values(servers)) await new Promise((resolve) => server.close(resolve));
  await host.stop();
});

const portOf = (server: Server) => String((server.address() as { port: number }).port);
const env = () => ({
  PORT: portOf(servers.PORT),
  OCSP_PORT: portOf(servers.OCSP_PORT),
  CUT_PORT: portOf(servers.CUT_PORT),
  CA: RIGHT.caCertificate,
});
const { expectSame, inIsolate } = createSideBySide(() => host, env);
const PRELUDE = `const tls = require('tls'); const net = require('net'); const { Duplex } = require('stream');
const open = (options = {}) => tls.connect({ host: 'localhost', port: Number(env.PORT), ca: env.CA, ...options });
const until = (socket, name) => new Promise((done) => socket.once(name, done));
const gone = (socket) => new Promise((done) => socket.on('close', done));`;
const same = (body: string) => expectSame(`${PRELUDE} ${body}`);

describe('a context of TLS', () => {
  it('takes one more authority, and trusts those that it trusted', () =>
    same(`const seen = []; for (const more of [[], [env.CA], [Buffer.from(env.CA)], ['x'], [1]]) { const secureContext = tls.createSecureContext(); for (const one of more) secureContext.context.addCACert(one);
      const s = open({ ca: undefined, secureContext }); s.on('error', (e) => seen.push(e.code)); s.on('secureConnect', () => { seen.push('secure'); s.destroy() }); await gone(s) } return seen`));

  it("is made by the function that a script has laid over Node's", () =>
    same(`const { createSecureContext } = tls; const seen = []; tls.createSecureContext = (options) => { const context = createSecureContext(options); context.context.addCACert(env.CA); seen.push(options.ciphers === tls.DEFAULT_CIPHERS, options.servername ?? null); return context };
      try { const s = open({ ca: undefined, servername: 'localhost' }); await until(s, 'secureConnect'); seen.push(s.authorized); s.destroy() } finally { tls.createSecureContext = createSecureContext } return seen`));

  it('shows what it holds to nobody else', () =>
    same(
      `const { context } = tls.createSecureContext(); return [context.constructor.name, await attempt(() => Object.create(context)._external).then(([how, e]) => [how, e.name])]`,
    ));
});

describe('a client of TLS', () => {
  it('sees the certificate and those that issued it as X.509', () =>
    same(
      `const s = open(); await until(s, 'secureConnect'); const chain = []; for (let next = s.getPeerX509Certificate(); next && chain.length < 5; next = next.issuerCertificate) chain.push(next.subject); const own = s.getX509Certificate() ?? 'none'; s.destroy(); return [chain, own]`,
    ));

  it('hears its own keys once it listens for them', () =>
    same(`const heard = async (socket) => { const lines = []; socket.on('keylog', (line) => lines.push([Buffer.isBuffer(line), String(line).split(' ')[0]])); socket.on('end', () => socket.destroy()).resume(); await gone(socket); return lines };
      const overStream = () => { const raw = net.connect(Number(env.PORT), '127.0.0.1'); const stream = new Duplex({ read() {}, write(chunk, encoding, done) { raw.write(chunk, done) }, final(done) { raw.end(done) } }); raw.on('data', (bytes) => stream.push(bytes)).on('end', () => stream.push(null)); return stream };
      const quiet = open(); quiet.resume(); await gone(quiet); return [await heard(open()), await heard(open({ maxVersion: 'TLSv1.2' })), await heard(open({ socket: overStream(), servername: 'localhost' }))]`));

  it.each(['TLSv1.2', 'TLSv1.3'])('has the ticket of a session once it has the session: %s', (maxVersion) =>
    same(
      `const s = open({ maxVersion: '${maxVersion}' }); const session = await until(s, 'session'); const ticket = s.getTLSTicket(); const seen = [Buffer.isBuffer(ticket), ticket.length > 0, session.includes(ticket), session.equals(s.getSession())]; s.destroy(); return seen`,
    ),
  );

  it('is told what the authority says of the certificate where it asks for it', () =>
    same(
      `const seen = []; for (const requestOCSP of [true, false]) for (const port of [env.OCSP_PORT, env.PORT]) { const s = open({ port: Number(port), requestOCSP }); s.on('OCSPResponse', (response) => seen.push(response && String(response))); await until(s, 'secureConnect'); seen.push('secure'); s.destroy() } return seen`,
    ));

  it('has as much to send as it has written in this turn', () =>
    same(
      `const s = open(); await until(s, 'secureConnect'); const seen = [s.bufferSize, s.writableLength]; for (let i = 0; i < 3; i++) { s.write('a'); seen.push(s.bufferSize, s.writableLength) } s.end(); await until(s, 'finish'); seen.push(s.bufferSize); s.resume(); await gone(s); seen.push(s.bufferSize ?? 'none'); return seen`,
    ));

  it.each([
    ['gone', ''],
    ['kept', 's._undestroy()'],
  ])('says of a write that its handshake was lost: %s', (_what, onError) =>
    same(
      `const s = open({ port: Number(env.CUT_PORT) }); const seen = []; s.once('error', (e) => { seen.push(e.code); ${onError} }); s.on('error', () => {}); s.write('hello', (e) => seen.push(e ? showError(e) : 'no error')); await gone(s); await new Promise((r) => setTimeout(r, 50)); return seen`,
    ),
  );

  it('knows no second handshake in TLS 1.3', () =>
    same(
      `const s = open(); await until(s, 'secureConnect'); const seen = []; const told = new Promise((r) => seen.push(s.renegotiate({}, (e) => r(showError(e))))); seen.push(await told); s.destroy(); seen.push(s.renegotiate({}) ?? 'nothing'); return seen`,
    ));

  it('sends no fragments of a size that is none', () =>
    same(
      `const s = open(); await until(s, 'secureConnect'); const seen = []; for (const size of [511, 512, 16384, 16385, NaN, Infinity, 2 ** 31, -(2 ** 31), '', null]) seen.push(await attempt(() => s.setMaxSendFragment(size))); s.destroy(); return seen`,
    ));

  it('takes a text that is no port for a path, as net does', async () => {
    const body = `${PRELUDE} const s = tls.connect('/no/such/socket'); const seen = trace(s, ['error', 'close']); await gone(s); return seen.map(([name, e]) => [name, typeof e])`;
    await expectSame(body);
    expect(
      await inIsolate(`${PRELUDE} return await new Promise((r) => tls.connect('/x').on('error', (e) => r(e.code)))`),
    ).toBe('EACCES');
  });

  it('of a stream that it was not connected over says nothing before it writes', () =>
    same(
      `const written = []; const stream = new Duplex({ read() {}, write(chunk, encoding, done) { written.push(chunk[0]); done() } }); const s = new tls.TLSSocket(stream); s.on('error', () => {}); await new Promise((r) => setTimeout(r, 50)); const before = written.length; s.write('x'); await new Promise((r) => setTimeout(r, 100)); s.destroy(); return [before, written]`,
    ));

  it('that is given up before its socket is connected never speaks', async () => {
    const before = secureConnections;
    const body = `${PRELUDE} const raw = net.connect(Number(env.PORT), '127.0.0.1', () => s.destroy()); const s = tls.connect({ socket: raw, ca: env.CA, servername: 'localhost' }); const seen = trace(s, ['secureConnect', 'error', 'close']); await gone(s); await new Promise((r) => setTimeout(r, 200)); return seen`;
    await expectSame(body);
    expect(secureConnections).toBe(before);
  });
});
