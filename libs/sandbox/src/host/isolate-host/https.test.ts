/** `https` inside the isolate, side by side with plain Node against the same servers. */
import { createCertificate } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startHttpServer, startHttpsServer, type TestServer } from './testing/http-servers.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const RIGHT = createCertificate(['localhost', '127.0.0.1']);
const OTHER = createCertificate(['other.example']);
let host: TestHost;
let servers: Record<'PORT' | 'OTHER_PORT' | 'ASKING_PORT' | 'PLAIN_PORT', TestServer>;
const env = () => ({
  PORT: servers.PORT.port,
  OTHER_PORT: servers.OTHER_PORT.port,
  ASKING_PORT: servers.ASKING_PORT.port,
  PLAIN_PORT: servers.PLAIN_PORT.port,
  CA: RIGHT.caCertificate,
  OTHER_CA: OTHER.caCertificate,
  CERT: OTHER.certificate,
  KEY: OTHER.privateKey,
});
const { expectSame } = createSideBySide(() => host, env);

beforeAll(async () => {
  host = await startHost();
  servers = {
    PORT: await startHttpsServer(RIGHT),
    PLAIN_PORT: await startHttpServer(),
    OTHER_PORT: await startHttpsServer(OTHER),
    ASKING_PORT: await startHttpsServer(RIGHT, {
      requestCert: true,
      ca: OTHER.caCertificate,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
    }),
  };
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop();
  await host.stop();
});

const PRELUDE = `const https = require('https'); const http = require('http');
const text = async (res) => { res.setEncoding('utf8'); let all = ''; for await (const part of res) all += part; return all };
const answered = async (req) => { const res = await new Promise((done, fail) => req.on('response', done).on('error', fail)); const all = await text(res); return [res.statusCode, all] };
const get = (options) => answered(https.get({ host: 'localhost', port: env.PORT, path: '/hello', ca: env.CA, agent: false, ...options }));
const until = (emitter, name) => new Promise((done) => emitter.once(name, (...args) => done(args[0])));
`;
const same = (body: string) => expectSame(`${PRELUDE} ${body}`);

describe('https', () => {
  it('gets by an agent and without one, by options and by URL', () =>
    same(
      `return [await get({}), await get({ agent: undefined }), await answered(https.get('https://localhost:' + env.PORT + '/hello', { ca: env.CA, agent: new https.Agent() })), await answered(https.get(new URL('https://localhost:' + env.PORT + '/hello'), { agent: new https.Agent({ ca: env.CA }) })), await get({ agent: new https.Agent() })]`,
    ));

  it.each([
    ['another authority', `{ ca: env.OTHER_CA }`],
    ['no authority', `{ ca: undefined }`],
    ['another authority that nobody minds', `{ ca: env.OTHER_CA, rejectUnauthorized: false }`],
    ['another name', `{ port: env.OTHER_PORT, ca: env.OTHER_CA }`],
    [
      'another name by the Host header',
      `{ port: env.OTHER_PORT, ca: env.OTHER_CA, headers: { host: 'other.example:99' } }`,
    ],
    ['another name by servername', `{ port: env.OTHER_PORT, ca: env.OTHER_CA, servername: 'other.example' }`],
    ['an address', `{ host: '127.0.0.1' }`],
    ['an own check that agrees', `{ port: env.OTHER_PORT, ca: env.OTHER_CA, checkServerIdentity: () => undefined }`],
    [
      'an own check that refuses',
      `{ checkServerIdentity: () => Object.assign(new Error('not mine'), { code: 'ERR_OWN' }) }`,
    ],
    ['a version that the server lacks', `{ maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }`],
    ['a version that the server refuses', `{ port: env.ASKING_PORT, maxVersion: 'TLSv1.2' }`],
    ['a server that speaks no TLS', `{ port: env.PLAIN_PORT }`],
    ['a closed port', `{ port: 1 }`],
    ['plain http', `{ protocol: 'http:' }`],
    ['an agent for http', `{ agent: new http.Agent() }`],
  ])('with %s', (_what, options) => same(`return attempt(() => get(${options}))`));

  it('tells in its events what happens', () =>
    same(`const seen = []; const req = https.get({ host: 'localhost', port: env.PORT, path: '/hello', ca: env.CA, agent: new https.Agent() }); req.on('socket', (socket) => { seen.push(['socket', socket.encrypted, socket.connecting]); for (const name of ['connect', 'secureConnect', 'session', 'close']) socket.on(name, () => seen.at(-1)[0] === name || seen.push([name])) });
      for (const name of ['response', 'close', 'finish']) req.on(name, () => seen.push([name])); req.on('response', (res) => res.resume()); await until(req, 'close'); await new Promise((done) => setTimeout(done, 30)); return [seen.filter(([name]) => name !== 'session' && name !== 'finish'), req.res.socket?.authorized, req.socket.getProtocol()]`));

  it('shows a certificate of its own', () =>
    same(
      `const ask = (more) => get({ port: env.ASKING_PORT, path: '/tls', ...more }); return [await ask({}), await ask({ cert: env.CERT, key: env.KEY }), await ask({ agent: new https.Agent({ cert: env.CERT, key: env.KEY }) })]`,
    ));

  it.each(['TLSv1.2', 'TLSv1.3'])('takes sessions up again: %s', (maxVersion) =>
    same(`const ask = async (agent, more) => { const seen = []; for (let i = 0; i < 3; i++) { seen.push((await get({ path: '/tls', agent, maxVersion: '${maxVersion}', ...more }))[1]); await new Promise((done) => setTimeout(done, 20)) } return seen };
      return [await ask(new https.Agent()), await ask(new https.Agent({ maxCachedSessions: 0 })), await ask(new https.Agent(), { checkServerIdentity: () => undefined }), await ask(false)]`),
  );

  it('keeps connections apart by what they are made with', () =>
    same(`const agent = new https.Agent({ keepAlive: true }); const seen = []; for (const more of [{}, {}, { servername: 'localhost' }, { ca: [env.CA, env.OTHER_CA] }, { rejectUnauthorized: false }, { checkServerIdentity: () => undefined }, { checkServerIdentity: () => undefined }, { minVersion: 'TLSv1.2' }]) { const req = https.get({ host: 'localhost', port: env.PORT, path: '/hello', ca: env.CA, agent, ...more }); await answered(req); await new Promise((done) => setTimeout(done, 10)); seen.push(req.reusedSocket) }
      const names = Object.keys(agent.freeSockets).length; agent.destroy(); const name = (options) => agent.getName(options); return [seen, names, name(), name({ host: 'h', port: 1, ca: 'ca', cert: 'cert', ciphers: 'c', key: 'k', pfx: [{ buf: 'b', passphrase: 'p' }], rejectUnauthorized: false, servername: 's', minVersion: 'a', maxVersion: 'b', secureProtocol: 'd', crl: 'e', honorCipherOrder: true, ecdhCurve: 'f', dhparam: 'g', secureOptions: 0, sessionIdContext: 'i', sigalgs: 'j', family: 4 }), https.globalAgent.defaultPort, https.globalAgent.protocol, https.globalAgent.options.keepAlive, agent instanceof http.Agent, https.Agent() instanceof https.Agent, https.Agent.name]`));
});
