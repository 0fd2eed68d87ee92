/** Hostile web services: how answers are parsed is in http-hostile.test.ts, here is what has no measure. */
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Outcome } from '@userferry/script-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attacks,
  drip,
  type HostileScene,
  itContains,
  onFirst,
  PASSWORD,
  pump,
  type Serve,
  startHostileScene,
} from './testing/hostile-scene.ts';

let scene: HostileScene;
beforeAll(async () => {
  scene = await startHostileScene();
});
afterAll(() => scene?.stop());

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';
const JUNK = 'x'.repeat(64 * 1024);

/** 300 MB in some hundred kilobytes, less where it is packed twice. */
const ZEROES = Buffer.alloc(300 * 1024 * 1024);
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const BOMBS: readonly (readonly [encoding: string, bytes: Buffer])[] = [
  ['gzip', gzipSync(ZEROES, { level: 1 })],
  ['deflate', deflateSync(ZEROES, { level: 1 })],
  ['br', brotliCompressSync(ZEROES, quick)],
  ['zstd', zstdCompressSync(ZEROES)],
  ['gzip, gzip', gzipSync(gzipSync(ZEROES, { level: 1 }))],
];

const answers =
  (head: string, body: Buffer | string = ''): Serve =>
  (socket) =>
    onFirst(socket, () => {
      socket.write(`${head}\r\n`);
      socket.write(body);
    });
const endless =
  (first: string, again: string): Serve =>
  (socket) =>
    onFirst(socket, () => {
      socket.write(first);
      pump(socket, Buffer.from(again));
    });
const packed = (encoding: string, bytes: Buffer): Serve =>
  answers(`${HEAD}Content-Encoding: ${encoding}\r\nContent-Length: ${bytes.length}\r\n`, bytes);

const WAYS = {
  http: `return await new Promise((done, fail) => require('http').get('http://127.0.0.1:' + PORT + '/', (res) => { let all = ''; res.setEncoding('latin1').on('data', (part) => { all += part }).on('end', () => done(all.length)).on('error', fail) }).on('error', fail))`,
  axios: `return (await require('axios').get('http://127.0.0.1:' + PORT + '/')).data.length`,
  fetch: `return (await (await fetch('http://127.0.0.1:' + PORT + '/')).text()).length`,
} as const;
const TOO_MUCH: readonly Outcome[] = ['out_of_memory', 'quota_exceeded', 'timed_out'];
const BROKEN: readonly Outcome[] = ['store_unreachable', 'timed_out'];

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('%s and a server', (way) => {
  itContains(
    '%s is contained',
    attacks(WAYS[way], [
      ['that is silent', () => {}, ['timed_out']],
      ['that drips its head', (socket) => drip(socket, Buffer.from(HEAD.repeat(20))), [...BROKEN]],
      [
        'that drips its body',
        (socket) =>
          onFirst(socket, () => {
            socket.write(`${HEAD}Content-Length: 100000\r\n\r\n`);
            drip(socket, Buffer.from('x'));
          }),
        ['timed_out'],
      ],
      ['whose body never ends', endless(`${HEAD}\r\n`, JUNK), TOO_MUCH],
      [
        'whose chunks never end',
        endless(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, `10000\r\n${JUNK}\r\n`),
        TOO_MUCH,
      ],
      [
        'whose chunks of one byte never end',
        endless(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, '1\r\nx\r\n'.repeat(1000)),
        TOO_MUCH,
      ],
      ['whose headers never end', endless(HEAD, 'X-More: and more\r\n'.repeat(100)), BROKEN],
      ['that announces 10^18 bytes', answers(`${HEAD}Content-Length: 1000000000000000000\r\n`, 'x'), ['timed_out']],
      [
        'that says "continue" without end',
        endless('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
        [...BROKEN, ...TOO_MUCH],
      ],
    ]),
    () => scene,
  );
});

describe('a bomb', () => {
  it.each(BOMBS)('of %s that axios unpacks is contained', async (encoding, bytes) => {
    const outcomes: Outcome[] = encoding.includes(',') ? [...TOO_MUCH, 'completed'] : [...TOO_MUCH];
    const { resultJson } = await scene.attack({ serve: packed(encoding, bytes), body: WAYS.axios, outcomes });
    expect(Number(resultJson ?? 0)).toBeLessThan(1_000_000);
  });

  it.each(BOMBS)('of %s that fetch unpacks is contained', async (encoding, bytes) => {
    await scene.attack({ serve: packed(encoding, bytes), body: WAYS.fetch, outcomes: TOO_MUCH });
  });

  it.each(BOMBS.filter(([encoding]) => !encoding.includes(',')))(
    'of %s stops where the script of axios says',
    async (encoding, bytes) => {
      const body = WAYS.axios.replace(`'/')`, `'/', { maxContentLength: 100000 })`);
      const { error } = await scene.attack({ serve: packed(encoding, bytes), body, outcomes: ['threw'] });
      expect(error?.message).toContain('maxContentLength size of 100000 exceeded');
    },
  );
});

it('a server that says the password back, in headers and text without measure, is masked and cut', async () => {
  const words = `password ${PASSWORD} is wrong `;
  const serve = answers(`HTTP/1.1 500 ${words}\r\nX-Password: ${PASSWORD}\r\n`, words.repeat(100_000));
  const body = `try { ${WAYS.axios} } catch (error) { console.error(error.response?.headers, error.response?.statusText); throw new TypeError(error.response?.statusText + error.response?.data) }`;
  const framed: Serve = (socket) => {
    serve(socket);
    onFirst(socket, () => setTimeout(() => socket.end(), 300));
  };
  const { error, logs } = await scene.attack({ serve: framed, body, outcomes: ['threw'] });
  expect(error?.message).toContain('password [masked] is wrong');
  expect(logs[0]?.text).toContain('[masked]');
});
