/** Hostile speakers of TLS. Records: RFC 8446, 5; renegotiation: RFC 5246, 7.4.1.1 */
import { TLSSocket } from 'node:tls';
import { createCertificate } from '@userferry/local-databases';
import type { Outcome } from '@userferry/script-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drip, type HostileScene, onFirst, pump, type Serve, startHostileScene } from './testing/hostile-scene.ts';

let scene: HostileScene;
beforeAll(async () => {
  scene = await startHostileScene();
});
afterAll(() => scene?.stop());

const { certificate, privateKey } = createCertificate(['localhost', '127.0.0.1']);
const record = (kind: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([kind, 3, 3, body.length >> 8, body.length & 0xff]), body]);
const HANDSHAKE = 22;
const ALERT = 21;
const CHANGE_CIPHER = 20;
/** The beginning of a message of the handshake that is 16 MB long. */
const LONG = Buffer.concat([Buffer.from([2, 0xff, 0xff, 0xff]), Buffer.alloc(16_000)]);

const asked =
  (again: Buffer): Serve =>
  (socket) =>
    onFirst(socket, () => pump(socket, again));
/** A real server; `then` has the secured socket. */
const secured =
  (maxVersion: 'TLSv1.2' | 'TLSv1.3', then: (socket: TLSSocket) => void): Serve =>
  (socket) => {
    const tls = new TLSSocket(socket, { isServer: true, cert: certificate, key: privateKey, maxVersion });
    tls.on('error', () => {}).once('secure', () => then(tls));
  };
const renegotiate = (tls: TLSSocket): void => {
  if (!tls.destroyed) tls.renegotiate({}, () => setImmediate(renegotiate, tls));
};

const CONNECT = `const socket = require('tls').connect({ host: '127.0.0.1', port: PORT, rejectUnauthorized: false }); let bytes = 0;
  await new Promise((done, fail) => socket.on('data', (part) => { bytes += part.length }).on('close', done).on('error', fail)); return bytes`;
const UNREACHABLE: readonly Outcome[] = ['store_unreachable', 'timed_out'];

describe('a speaker of TLS', () => {
  it.each<readonly [what: string, serve: Serve, outcomes: readonly Outcome[]]>([
    ['that is silent', () => {}, ['timed_out']],
    ['that drips its hello', (socket) => onFirst(socket, () => drip(socket, record(HANDSHAKE, LONG))), UNREACHABLE],
    ['that sends a handshake without end', asked(record(HANDSHAKE, LONG)), UNREACHABLE],
    ['that sends empty records without end', asked(record(HANDSHAKE, Buffer.alloc(0))), UNREACHABLE],
    ['that sends warnings without end', asked(record(ALERT, Buffer.from([1, 100]))), UNREACHABLE],
    ['that changes the cipher without end', asked(record(CHANGE_CIPHER, Buffer.from([1]))), UNREACHABLE],
    ['that sends garbage without end', asked(Buffer.alloc(64 * 1024, 'x')), UNREACHABLE],
    ['that negotiates again and again', secured('TLSv1.2', renegotiate), [...UNREACHABLE, 'completed']],
    [
      'that sends data without end',
      secured('TLSv1.3', (tls) => pump(tls, Buffer.alloc(64 * 1024))),
      ['timed_out', 'quota_exceeded', 'out_of_memory'],
    ],
  ])('%s is contained', async (_what, serve, outcomes) => {
    await scene.attack({ serve, body: CONNECT, outcomes });
  });

  it('of an old version is refused, unless the script asks for it', async () => {
    const serve: Serve = (socket) => {
      const tls = new TLSSocket(socket, {
        isServer: true,
        cert: certificate,
        key: privateKey,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      tls.on('error', () => {});
    };
    await scene.attack({ serve, body: CONNECT, outcomes: ['store_unreachable'] });
  });

  it('whom nobody vouches for is refused, and is sent nothing', async () => {
    const body = CONNECT.replace(', rejectUnauthorized: false', '').replace(
      'let bytes',
      `socket.write('secret ' + PASSWORD); let bytes`,
    );
    const got: string[] = [];
    const serve = secured('TLSv1.3', (tls) => tls.on('data', (bytes) => got.push(String(bytes))));
    await scene.attack({ serve, body, outcomes: ['store_unreachable'] });
    expect(got).toEqual([]);
  });
});
