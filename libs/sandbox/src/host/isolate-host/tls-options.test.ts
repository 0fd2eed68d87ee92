/** What `tls` refuses and says before a byte goes out, side by side with plain Node. */
import { createServer, type Server } from 'node:tls';
import { createCertificate } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const RIGHT = createCertificate(['localhost', '127.0.0.1']);
const OTHER = createCertificate(['other.example']);
let host: TestHost;
let server: Server;
beforeAll(async () => {
  host = await startHost();
  server = createServer({ cert: RIGHT.certificate, key: RIGHT.privateKey }, (socket) => {
    socket.on('error', () => undefined).resume();
    socket.end('hello');
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await host.stop();
});

const env = () => ({
  PORT: String((server.address() as { port: number }).port),
  CA: RIGHT.caCertificate,
  CERT: RIGHT.certificate,
  KEY: RIGHT.privateKey,
  OTHER_KEY: OTHER.privateKey,
});
const { expectSame, inIsolate } = createSideBySide(() => host, env);

/** Options, as the text of a script, that say more or less than they may. */
const OPTIONS = [
  ...[
    '{ ciphers: 1 }',
    "{ ciphers: 'nonsense' }",
    "{ ciphers: '' }",
    '{ ecdhCurve: 1 }',
    "{ ecdhCurve: 'nonsense' }",
    '{ sigalgs: 1 }',
  ],
  ...[
    "{ minVersion: 'nonsense' }",
    "{ maxVersion: 'nonsense' }",
    "{ minVersion: 'TLSv1.2', secureProtocol: 'TLS_method' }",
    "{ secureProtocol: 'SSLv3_method' }",
  ],
  ...[
    "{ key: 'dummy', passphrase: 1 }",
    "{ key: 'dummy' }",
    '{ key: true }',
    '{ cert: 1 }',
    '{ ca: {} }',
    "{ pfx: 'x' }",
    "{ crl: 'x' }",
    '{ cert: env.CERT, key: env.OTHER_KEY }',
  ],
  ...[
    "{ sessionTimeout: 'abcd' }",
    '{ sessionTimeout: -1 }',
    '{ sessionTimeout: 1.5 }',
    "{ ticketKeys: 'abcd' }",
    '{ ticketKeys: Buffer.alloc(0) }',
    '{ sessionIdContext: 7 }',
  ],
  ...[
    '{ clientCertEngine: 0 }',
    "{ privateKeyEngine: 0, privateKeyIdentifier: 'key' }",
    "{ privateKeyEngine: 'engine', privateKeyIdentifier: 0 }",
    '{ allowPartialTrustChain: true, ca: env.CA }',
  ],
  ...['{}', '{ ca: env.CA }', '{ cert: env.CERT, key: env.KEY }'],
];

describe('options of TLS', () => {
  it.each(OPTIONS)('%s are taken or refused at once', (options) =>
    expectSame(`const tls = require('tls'); const seen = [await attempt(() => { tls.createSecureContext(${options}) })];
      seen.push(await attempt(() => { tls.connect({ port: Number(env.PORT), host: '127.0.0.1', ...${options} }).on('error', () => {}).destroy() })); return seen`),
  );

  it('of a connection are refused at once where they cannot be', () =>
    expectSame(`const tls = require('tls'); const seen = [];
      for (const more of [{ checkServerIdentity: undefined }, { checkServerIdentity: 1 }, { minDHSize: 'x' }, { minDHSize: 0 }, { port: 70000 }, { lookup: 1 }])
        seen.push(await attempt(() => { tls.connect({ port: Number(env.PORT), host: '127.0.0.1', ...more }).on('error', () => {}).destroy() }));
      seen.push(await attempt(() => { new tls.TLSSocket(new (require('events'))()) }).then(([how, e]) => [how, e && e.name])); return seen`));

  it('of the socket are those that the script gave', () =>
    expectSame(`const tls = require('tls'); const seen = [];
      for (const more of [{}, { allowHalfOpen: true }, { allowHalfOpen: false, highWaterMark: 128000 }, { highWaterMark: 0 }]) {
        const s = tls.connect({ port: 42, lookup() {}, ...more }); s.on('error', () => {}); seen.push([s.allowHalfOpen, s.readableHighWaterMark, s.writableHighWaterMark]); s.destroy() }
      for (const s of [new tls.TLSSocket(), new tls.TLSSocket(null), new tls.TLSSocket(undefined, { allowHalfOpen: true })]) seen.push(s.allowHalfOpen); return seen`));

  it('are heeded on a socket that connects only afterwards', () =>
    expectSame(`const tls = require('tls'); const carrier = new (require('net').Socket)(); const s = new tls.TLSSocket(carrier, { ca: env.CA }); const seen = [s.allowHalfOpen, s.destroyed]; carrier.on('error', () => {}); s.on('error', () => {});
      await new Promise((r) => setTimeout(r, 10)); seen.push(s.destroyed); s.destroy(); carrier.destroy(); return seen`));

  it('are signals, aborted before and after', () =>
    expectSame(`const seen = []; for (const module of ['net', 'tls']) for (const when of ['before', 'after']) { const ac = new AbortController(); if (when === 'before') ac.abort();
      const s = require(module).connect({ port: 1, host: 'localhost', lookup() {}, signal: ac.signal }); const listeners = require('events').getEventListeners(ac.signal, 'abort').length; const gone = new Promise((r) => s.on('close', () => r())); const events = trace(s, ['error', 'close']); ac.abort(); await gone; seen.push([listeners, events.map(([name, e]) => [name, e && e.name, e && e.code])]) } return seen`));

  it("look a name up by the script's own function", () =>
    expectSame(`const tls = require('tls'); const asked = []; const lookup = (name, options, done) => { asked.push(name); done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4) };
      const s = tls.connect({ host: 'localhost', port: Number(env.PORT), ca: env.CA, family: 4, lookup }); let text = ''; for await (const bytes of s) text += bytes; return [text, asked]`));

  it('of the running connection are checked', () =>
    expectSame(`const tls = require('tls'); const s = tls.connect({ port: Number(env.PORT), host: '127.0.0.1', ca: env.CA }); s.on('error', () => {}); await new Promise((r) => s.once('secureConnect', r)); const seen = [];
      for (const value of [undefined, null, 1, {}]) seen.push(await attempt(() => s.setServername(value)), await attempt(() => s.setMaxSendFragment(value)).then(([how, e]) => [how, e?.name, e?.code]));
      for (const args of [[], [() => {}], [{}, 1]]) seen.push(await attempt(() => s.renegotiate(...args))); s.destroy(); return seen`));
});

describe('what tls says of itself', () => {
  it('are lists that are made once', () =>
    expectSame(`const tls = require('tls'); return [tls.getCACertificates('bundled') === tls.rootCertificates, tls.getCACertificates() === tls.getCACertificates(), tls.getCiphers().length > 10,
      await attempt(() => tls.getCACertificates(null)), await attempt(() => tls.getCACertificates('test'))]`));

  it('are protocols as they go over the wire', () =>
    expectSame(
      `const tls = require('tls'); const seen = []; for (const p of [['h2', 'http/1.1'], Buffer.from('abcd'), Buffer.from('\\u0002h2'), new Uint16Array([1, 2]), 'text', ['x'.repeat(300)]]) { const out = {}; seen.push(await attempt(() => tls.convertALPNProtocols(p, out)), out.ALPNProtocols ?? null) } return show(seen)`,
    ));

  it('are defaults that a script may change', async () => {
    const body = `const tls = require('tls'); const before = [tls.DEFAULT_MIN_VERSION, tls.DEFAULT_MAX_VERSION, tls.DEFAULT_CIPHERS.length > 20]; const { DEFAULT_MAX_VERSION } = tls; tls.DEFAULT_MAX_VERSION = 'TLSv1.2';
      const s = tls.connect({ port: Number(env.PORT), host: '127.0.0.1', ca: env.CA }); await new Promise((r) => s.once('secureConnect', r)); const seen = [before, s.getProtocol()]; s.destroy(); `;
    await expectSame(`${body} tls.DEFAULT_MAX_VERSION = DEFAULT_MAX_VERSION; return seen`);
    await inIsolate(`${body} return seen`);
    expect(await inIsolate(`return require('tls').DEFAULT_MAX_VERSION`)).toBe('TLSv1.3');
  });

  it('is that a name must not be an address', () =>
    expectSame(`const tls = require('tls'); const seen = []; const note = (w) => { if (w.code === 'DEP0123') seen.push([w.name, w.message]) }; process.on('warning', note);
      for (let i = 0; i < 2; i++) tls.connect({ port: Number(env.PORT), host: '127.0.0.1', servername: '127.0.0.1' }).on('error', () => {}).destroy(); await new Promise((r) => setTimeout(r, 20)); process.removeListener('warning', note); return seen`));
});

describe('the authorities that are trusted by default', () => {
  const PRELUDE = `const tls = require('tls'); const brought = tls.getCACertificates();
    const greet = (options) => new Promise((done) => { const s = tls.connect({ host: 'localhost', port: Number(env.PORT), ...options }, () => done('secure')); s.on('error', (e) => done(e.code)); s.resume() });`;

  it('may be set, and are used where a connection names none', () =>
    expectSame(`${PRELUDE} const seen = [await greet({})]; try { tls.setDefaultCACertificates([env.CA, Buffer.from(env.CA)]); seen.push(tls.getCACertificates().length, await greet({}));
      tls.setDefaultCACertificates([]); seen.push(tls.getCACertificates().length, await greet({}), await greet({ ca: env.CA })) } finally { tls.setDefaultCACertificates(brought) } return seen`));

  it('stay as they are when what is given is no certificate', () =>
    expectSame(`${PRELUDE} const seen = []; for (const given of [undefined, 'x', [1], [env.CA, null], ['no certificate'], ['-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----']]) seen.push(await attempt(() => tls.setDefaultCACertificates(given)));
      return [seen, tls.getCACertificates().length === brought.length]`));

  it('are the brought ones again in the next run', async () => {
    const count = `return require('tls').getCACertificates().length`;
    const before = await inIsolate(count);
    await inIsolate(`require('tls').setDefaultCACertificates([env.CA])`);
    expect(await inIsolate(count)).toEqual(before);
  });
});
