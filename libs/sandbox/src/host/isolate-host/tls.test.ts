/** `tls` inside the isolate, side by side with plain Node: over connections of the host and over streams of the script. */
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { createCertificate } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const RIGHT = createCertificate(['localhost', '127.0.0.1']);
const OTHER = createCertificate(['other.example']);
let host: TestHost;
let servers: Record<'PORT' | 'OTHER_PORT' | 'ASKING_PORT', Server>;
const sockets = new Set<TLSSocket>();
const portOf = (server: Server) => String((server.address() as { port: number }).port);
const env = () => ({
  PORT: portOf(servers.PORT),
  OTHER_PORT: portOf(servers.OTHER_PORT),
  ASKING_PORT: portOf(servers.ASKING_PORT),
  CA: RIGHT.caCertificate,
  OTHER_CA: OTHER.caCertificate,
  CERT: OTHER.certificate,
  KEY: OTHER.privateKey,
});
const { expectSame, sameResult } = createSideBySide(() => host, env);

/** Echoes; says `bye` and ends when it is told to; tells what it knows of the client. */
async function serve({ certificate, privateKey }: typeof RIGHT, more: object = {}): Promise<Server> {
  const server = createServer({ cert: certificate, key: privateKey, ALPNProtocols: ['ferry'], ...more }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      const text = bytes.toString();
      if (text === 'bye') socket.end('bye');
      else if (text === 'cut') socket.destroy();
      else if (text === 'who')
        socket.write(
          JSON.stringify([(socket as { servername?: unknown }).servername, socket.alpnProtocol, socket.authorized]),
        );
      else socket.write(bytes);
    });
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

beforeAll(async () => {
  host = await startHost();
  servers = {
    PORT: await serve(RIGHT),
    OTHER_PORT: await serve(OTHER),
    ASKING_PORT: await serve(RIGHT, { requestCert: true, ca: OTHER.caCertificate, rejectUnauthorized: false }),
  };
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of Object.values(servers)) await new Promise((resolve) => server.close(resolve));
  await host.stop();
});

/** `overStream` speaks TLS through a pair of streams of the script, as tedious does; `direct` as scripts do. */
const PRELUDE = `const tls = require('tls'); const net = require('net'); const { Duplex } = require('stream');
const direct = (options) => tls.connect({ host: 'localhost', port: Number(env.PORT), ca: env.CA, ...options });
const overSocket = (options) => tls.connect({ ca: env.CA, servername: 'localhost', ...options, socket: net.connect(Number(options.port ?? env.PORT), '127.0.0.1') });
const overStream = ({ port, ...options }) => { const raw = net.connect(Number(port ?? env.PORT), '127.0.0.1');
  const stream = new Duplex({ allowHalfOpen: false, read() { raw.resume() }, write(chunk, encoding, done) { raw.write(chunk, done) }, final(done) { raw.end(done) }, destroy(error, done) { raw.destroy(); done(error) } });
  raw.on('data', (bytes) => { if (!stream.push(bytes)) raw.pause() }).on('end', () => stream.push(null)).on('error', (e) => stream.destroy(e));
  return tls.connect({ ca: env.CA, servername: 'localhost', ...options, socket: stream }) };
const WAYS = { direct, overSocket, overStream };
const EVENTS = ['secureConnect', 'end', 'close', 'error'];
const until = (socket, name) => new Promise((done) => socket.once(name, done));
const read = async (socket, length) => { let text = ''; while (text.length < length) text += await until(socket, 'data'); return text };
const ended = (socket) => socket.closed || socket.destroyed && socket._closed ? undefined : until(socket, 'close');
`;
const ways = ['direct', 'overSocket', 'overStream'] as const;

describe.each(ways)('tls %s', (way) => {
  const same = (body: string) => expectSame(`${PRELUDE} const open = WAYS.${way}; ${body}`);

  it('carries a conversation to its end, with its events in order', () =>
    same(`const s = open({ ALPNProtocols: ['nonsense', 'ferry'] }); const seen = trace(s, EVENTS); s.setEncoding('latin1'); s.write('before '); await until(s, 'secureConnect'); const first = await read(s, 7);
      s.write('who'); const who = await until(s, 'data'); s.write('bye'); const bye = await until(s, 'data'); await until(s, 'close'); return [first, who, bye, seen, s.authorized, s.authorizationError, s.alpnProtocol, s.encrypted, s.getProtocol(), s.destroyed]`));

  it('takes the authority from a context whose options are inherited, as tedious makes it', () =>
    same(`const options = Object.create({ ca: env.CA }, { secureOptions: { value: 0x800 } }); const s = open({ ca: undefined, secureContext: tls.createSecureContext(options) });
      await until(s, 'secureConnect'); s.resume(); s.write('bye'); await until(s, 'close'); return [s.authorized]`));

  it('shows certificate, cipher and key, and gives sessions that can be taken up again', () =>
    same(`const facts = (s) => { const plain = s.getPeerCertificate(); const chain = s.getPeerCertificate(true); return show([plain, Object.keys(chain), chain.issuerCertificate && Object.keys(chain.issuerCertificate), s.getCipher(), s.getEphemeralKeyInfo(), s.isSessionReused(), s.getSession() instanceof Buffer, s.getFinished().length, s.getPeerFinished().length]) };
      const seen = []; let session; for (const reuse of [false, true]) { const s = open({ session: reuse ? session : undefined, maxVersion: 'TLSv1.2' }); s.on('session', (given) => { session = given }); await until(s, 'secureConnect'); seen.push(facts(s)); s.on('data', () => {}); s.write('bye'); await until(s, 'close') } return [seen, Buffer.isBuffer(session)]`));

  it.each([
    ['another authority', `{ ca: env.OTHER_CA }`],
    ['another name', `{ port: env.OTHER_PORT, ca: env.OTHER_CA }`],
    ['another authority that nobody minds', `{ ca: env.OTHER_CA, rejectUnauthorized: false }`],
    ['another name that nobody minds', `{ port: env.OTHER_PORT, ca: env.OTHER_CA, rejectUnauthorized: false }`],
    ['no common version', `{ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }`],
    ['no common protocol', `{ ALPNProtocols: ['nonsense'] }`],
    [
      'an own check that agrees',
      `{ port: env.OTHER_PORT, ca: env.OTHER_CA, checkServerIdentity: (name, { subject }) => { checked.push(name, subject.CN) } }`,
    ],
    [
      'an own check that refuses',
      `{ checkServerIdentity: (name) => { checked.push(name); return Object.assign(new Error('not mine'), { code: 'ERR_OWN' }) } }`,
    ],
    [
      'an own check that refuses, but nobody minds',
      `{ rejectUnauthorized: false, checkServerIdentity: () => new Error('not mine') }`,
    ],
    [
      'an own check of a chain that is not trusted',
      `{ ca: env.OTHER_CA, rejectUnauthorized: false, checkServerIdentity: () => { checked.push('asked') } }`,
    ],
    ['a port that is closed', `{ port: 1 }`],
  ])('with %s', (_what, options) =>
    same(
      `const checked = []; const s = open(${options}); const seen = trace(s, EVENTS); s.on('secureConnect', () => s.end()); s.resume(); await until(s, 'close'); return [seen, checked, s.authorized, s.authorizationError && String(s.authorizationError)]`,
    ),
  );

  it('presents a certificate of its own', () =>
    same(
      `const s = open({ port: env.ASKING_PORT, cert: env.CERT, key: env.KEY }); await until(s, 'secureConnect'); const own = show(s.getCertificate()); s.write('who'); const who = String(await until(s, 'data')); s.write('bye'); s.resume(); await until(s, 'close'); return [own, who]`,
    ));

  it('tells of a connection that is cut', () =>
    same(
      `const s = open({}); const seen = trace(s, EVENTS); await until(s, 'secureConnect'); s.resume(); s.write('cut'); await until(s, 'close'); return [seen.filter(([, error]) => error?.code !== 'ERR_STREAM_WRITE_AFTER_END'), s.destroyed]`,
    ));

  it('carries megabytes both ways, with a slow reader', () =>
    same(`const s = open({}); const sent = Buffer.alloc(2e6, 'abcdefg'); const hash = require('crypto').createHash('sha256'); let n = 0; s.write(sent);
      for await (const bytes of s) { n += bytes.length; hash.update(bytes); if (n % 5 === 0) await new Promise((r) => setTimeout(r, 1)); if (n === sent.length) break } return [n, hash.digest('hex')]`));
});

describe('what belongs to it', () => {
  const same = (body: string) => sameResult(`${PRELUDE} ${body}`);

  it('secure contexts refuse material that is of no use, at once', () =>
    same(`const tries = [{}, { ca: 'x' }, { cert: 'x' }, { key: 'x' }, { cert: env.CERT, key: env.KEY }, { cert: env.CA, key: env.KEY }, { pfx: Buffer.from('x') }, { ciphers: 'nonsense' }, { minVersion: 'TLSv9' }, { ca: [env.CA, env.OTHER_CA] }];
      const seen = []; for (const options of tries) seen.push(await attempt(() => { const c = tls.createSecureContext(options); return c.constructor.name })); return seen`));

  it('a context serves many connections', () =>
    same(
      `const secureContext = tls.createSecureContext({ ca: env.CA }); const seen = []; for (let i = 0; i < 3; i++) { const s = tls.connect({ port: Number(env.PORT), host: 'localhost', secureContext }); await until(s, 'secureConnect'); seen.push(s.authorized); s.destroy() } return seen`,
    ));

  it('identity checks, ciphers and authorities', () =>
    same(`const { checkServerIdentity: check } = tls; const cert = { subject: { CN: 'a.example' }, subjectaltname: 'DNS:*.b.example, IP Address:10.0.0.1' }; const say = (name) => { const e = check(name, cert); return e && [e.code, e.message, e.reason, e.host] };
      return [['x.b.example', 'x.y.b.example', 'a.example', '10.0.0.1', '10.0.0.2'].map((name) => say(name) ?? 'fine'), tls.getCiphers().length, tls.rootCertificates.length, tls.rootCertificates[0].slice(0, 27), Object.isFrozen(tls.rootCertificates), tls.DEFAULT_MIN_VERSION, tls.DEFAULT_MAX_VERSION]`));

  it('no setting that takes everybody for the server: the log says so, and what to do', async () => {
    const source = `async function login() { const https = require('https'); process.env.NODE_TLS_REJECT_UNAUTHORIZED = env.SETTING;
      return new Promise((done) => https.get('https://localhost:' + env.PORT).on('error', ({ code }) => done(code))) }`;
    const refused = async (setting: string) => {
      const { resultJson, logs } = await host.run(source, { env: { ...env(), SETTING: setting } });
      expect(resultJson).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
      return logs.map(({ text }) => text);
    };
    expect(await refused('0')).toEqual([expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED is not heeded: give /)]);
    expect(await refused('1')).toEqual([]);
  });

  it('no way to listen', async () => {
    const { outcome, error } = await host.run(`function login() { require('tls').createServer() }`);
    expect({ outcome, message: error?.message }).toMatchObject({
      outcome: 'threw',
      message: expect.stringContaining('not available'),
    });
  });
});
