/** `https` inside the isolate, side by side with plain Node against the same servers. */
import { createCertificate } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startHttpsServer, type TestServer } from './testing/http-servers.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const RIGHT = createCertificate(['localhost', '127.0.0.1']);
const OTHER = createCertificate(['other.example']);
let host: TestHost;
let servers: Record<'PORT' | 'OTHER_PORT' | 'ASKING_PORT', TestServer>;
const env = () => ({
  PORT: servers.PORT.port,
  OTHER_PORT: servers.OTHER_PORT.port,
  ASKING_PORT: servers.ASKING_PORT.port,
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
    OTHER_PORT: await startHttpsServer(OTHER),
    ASKING_PORT: await startHttpsServer(RIGHT, {
      requestCert: true,
      ca: OTHER.caCertificate,
      rejectUnauthorized: false,
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
  it('gets', () => same(`return [await get({}), await get({ agent: undefined })]`));
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
    ['a closed port', `{ port: 1 }`],
    ['plain http', `{ protocol: 'http:' }`],
  ])('with %s', (_what, options) => same(`return attempt(() => get(${options}))`));
});
