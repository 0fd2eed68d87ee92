/** Hostile PostgreSQL servers. Messages: https://www.postgresql.org/docs/current/protocol-message-formats.html */
import type { Outcome } from '@userferry/script-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attacks,
  drip,
  type HostileScene,
  int16,
  int32,
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

const message = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const authentication = (kind: number, ...more: Buffer[]) => message('R', int32(kind), ...more);
const READY = Buffer.concat([authentication(0), message('Z', Buffer.from('I'))]);
const notice = (kind: 'E' | 'N', words: string): Buffer =>
  message(kind, text('SERROR'), text('C28P01'), text(`M${words}`), Buffer.alloc(1));
const column = message('T', int16(1), text('n'), int32(0), int16(0), int32(25), int16(65535), int32(-1), int16(0));
const row = (value: Buffer): Buffer => message('D', int16(1), int32(value.length), value);

const CONNECT = `const { Client } = require('pg'); const client = new Client({ host: '127.0.0.1', port: PORT, user: 'u', password: PASSWORD, database: 'd' }); client.on('error', () => {}); await client.connect();`;
const QUERY = `${CONNECT} return (await client.query('SELECT 1')).rows.length`;
const NOT_ANSWERED: readonly Outcome[] = ['timed_out'];
const TOO_MUCH: readonly Outcome[] = ['out_of_memory', 'quota_exceeded', 'timed_out'];
const BROKEN: readonly Outcome[] = ['store_unreachable', 'threw', 'timed_out', 'out_of_memory'];

const atOnce =
  (...parts: Buffer[]): Serve =>
  (socket) =>
    onFirst(socket, () => socket.write(Buffer.concat(parts)));
const endless =
  (first: Buffer, again: Buffer): Serve =>
  (socket) =>
    onFirst(socket, () => {
      socket.write(first);
      pump(socket, again);
    });
/** Lets the client in and answers its first query. */
const atQuery =
  (answer: Serve): Serve =>
  (socket) =>
    onFirst(socket, () => {
      socket.write(READY);
      onFirst(socket, () => answer(socket));
    });
const JUNK = Buffer.alloc(64 * 1024, 'x');

describe('a PostgreSQL server', () => {
  itContains(
    'that %s is contained',
    attacks(QUERY, [
      ['is silent', () => {}, NOT_ANSWERED],
      [
        'drips its first message',
        (socket) => drip(socket, Buffer.concat([Buffer.from('R'), int32(100_000)])),
        NOT_ANSWERED,
      ],
      ['announces 2 GB and sends nothing', atOnce(Buffer.from('R'), int32(0x7fffffff)), NOT_ANSWERED],
      [
        'announces 2 GB and sends without end',
        endless(Buffer.concat([Buffer.from('R'), int32(0x7fffffff)]), JUNK),
        TOO_MUCH,
      ],
      ['announces a negative length', atOnce(Buffer.from('R'), int32(-1), JUNK), BROKEN],
      ['announces a length of nothing', atOnce(Buffer.from('R'), int32(0), JUNK), BROKEN],
      ['sends garbage', endless(JUNK, JUNK), [...BROKEN, 'quota_exceeded']],
      ['asks for passwords without end', endless(Buffer.alloc(0), authentication(3)), [...TOO_MUCH, 'threw']],
      [
        'refuses TLS that was asked for',
        (socket) => onFirst(socket, () => socket.write('N')),
        ['store_unreachable'],
        CONNECT.replace(`database: 'd'`, `ssl: true`),
      ],
      [
        'answers TLS with garbage',
        (socket) => onFirst(socket, () => socket.write(Buffer.concat([Buffer.from('S'), JUNK]))),
        ['store_unreachable'],
        CONNECT.replace(`database: 'd'`, `ssl: true`),
      ],
      ['sends notices without end', endless(READY, notice('N', 'hear, hear')), TOO_MUCH],
      ['changes its settings without end', endless(READY, message('S', text('a'), text('b'))), TOO_MUCH],
      [
        'sends rows without end',
        atQuery((socket) => {
          socket.write(column);
          pump(socket, row(JUNK));
        }),
        TOO_MUCH,
      ],
      [
        'sends small rows without end',
        atQuery((socket) => {
          socket.write(column);
          pump(socket, Buffer.concat(Array(500).fill(row(Buffer.from('x')))));
        }),
        TOO_MUCH,
      ],
      [
        'has a field of 2 GB in a small row',
        atQuery((socket) =>
          socket.write(
            Buffer.concat([
              column,
              message('D', int16(1), int32(0x7fffffff), Buffer.from('x')),
              message('C', text('SELECT 1')),
              message('Z', Buffer.from('I')),
            ]),
          ),
        ),
        ['completed', ...BROKEN],
      ],
      [
        'has more columns than it sends',
        atQuery((socket) => socket.write(Buffer.concat([message('T', int16(65535)), message('Z', Buffer.from('I'))]))),
        ['completed', ...BROKEN],
      ],
      ['wants to copy a file in', atQuery((socket) => socket.write(message('G', Buffer.from([0]), int16(0)))), BROKEN],
    ]),
    () => scene,
  );

  it('that wants a costly SCRAM is refused the work', async () => {
    const costly: Serve = (socket) =>
      onFirst(socket, () => {
        socket.write(authentication(10, text('SCRAM-SHA-256'), Buffer.alloc(1)));
        onFirst(socket, (bytes) => {
          const nonce = /r=([^,\0]+)/.exec(bytes.toString('latin1'))?.[1];
          socket.write(authentication(11, Buffer.from(`r=${nonce}x,s=c2FsdA==,i=2000000000`)));
        });
      });
    const { error } = await scene.attack({ serve: costly, body: QUERY, outcomes: ['store_unreachable'] });
    expect(error?.message).toContain('iteration count 2000000000 exceeds');
  });

  it('that offers no way to prove that it knows the password gets none by SCRAM', async () => {
    const serve: Serve = (socket) =>
      onFirst(socket, () =>
        socket.write(Buffer.concat([authentication(10, text('SCRAM-SHA-256'), Buffer.alloc(1)), READY])),
      );
    const { heard } = await scene.attack({ serve, body: QUERY, outcomes: ['threw', 'store_unreachable', 'timed_out'] });
    expect(heard.toString('latin1')).not.toContain(PASSWORD);
  });

  it('that asks for the password in clear text gets it, as from the driver in plain Node: only TLS helps', async () => {
    const serve = (socket: Parameters<Serve>[0]) =>
      onFirst(socket, () => {
        socket.write(authentication(3));
        onFirst(socket, () => socket.end(notice('E', 'no')));
      });
    const { heard } = await scene.attack({ serve, body: QUERY, outcomes: ['threw'] });
    expect(heard.toString('latin1')).toContain(PASSWORD);
  });

  it('that says the password back, in a message without measure, is masked and cut', async () => {
    const words = `password ${PASSWORD} is wrong `;
    const serve = atOnce(notice('E', words + 'and so on '.repeat(500_000)));
    const body = `try { ${QUERY} } catch (error) { console.error(error.message); throw error }`;
    const { error, logs } = await scene.attack({ serve, body, outcomes: ['threw'] });
    expect(error?.message).toContain('password [masked] is wrong');
    expect(logs.length).toBeGreaterThan(0);
  });
});
