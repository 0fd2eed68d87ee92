/** Hostile SQL Servers. Packets and tokens: MS-TDS 2.2.3 and 2.2.7 */
import type { Socket } from 'node:net';
import type { Outcome } from '@userferry/script-contract';
import { type SqlHandler, startSqlServerDouble } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attacks,
  drip,
  type HostileScene,
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

const ANSWER = 4;
const END = 1;
const packet = (status: number, body: Buffer, length = body.length + 8): Buffer => {
  const header = Buffer.from([ANSWER, status, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(length & 0xffff, 2);
  return Buffer.concat([header, body]);
};
/** Version, and encryption: not supported. */
const prelogin = (encryption = 2): Buffer =>
  packet(END, Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, encryption]));
const JUNK = Buffer.alloc(32 * 1024, 'x');
const tokens = (...bytes: number[]): Buffer => packet(END, Buffer.from(bytes));

const done = (status: number): Buffer => Buffer.from([0xfd, status, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const DONE_WITH_MORE = done(1);
const LOGGED_IN = Buffer.concat([Buffer.from([0xad, 12, 0, 1, 0x74, 0, 0, 4, 1, 100, 0, 16, 0, 0, 0]), done(0)]);
/** One column of 32-bit integers. */
const COLUMN = Buffer.from([0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0x38, 1, 110, 0]);
const INFO = Buffer.from([
  0xab, 24, 0, 1, 0, 0, 0, 1, 0, 5, 0, 104, 0, 101, 0, 108, 0, 108, 0, 111, 0, 0, 0, 1, 0, 0, 0,
]);

const atOnce =
  (...parts: Buffer[]): Serve =>
  (socket) =>
    onFirst(socket, () => socket.write(Buffer.concat(parts)));
const atLogin =
  (answer: (socket: Socket) => void): Serve =>
  (socket) =>
    onFirst(socket, () => {
      socket.write(prelogin());
      onFirst(socket, () => answer(socket));
    });
/** Lets the client in, takes its settings, and answers whatever it asks then. */
const atQuery = (answer: (socket: Socket) => void): Serve =>
  atLogin((socket) => {
    socket.write(packet(END, LOGGED_IN));
    onFirst(socket, () => {
      socket.write(packet(END, done(0)));
      onFirst(socket, () => answer(socket));
    });
  });
const loginAnswer = (bytes: Buffer): Serve => atLogin((socket) => socket.write(bytes));

const connect = (more: string) =>
  `const pool = await new (require('mssql').ConnectionPool)({ server: '127.0.0.1', port: PORT, user: 'u', password: PASSWORD, database: 'd', options: { encrypt: false, ...${more} } }).connect();`;
const QUERY = `${connect('{}')} const found = await pool.query('SELECT n FROM hostile'); await pool.close(); return found.recordset.length`;
const BROKEN: readonly Outcome[] = ['store_unreachable', 'threw', 'timed_out'];
const TOO_MUCH: readonly Outcome[] = ['out_of_memory', 'quota_exceeded', 'timed_out'];

describe('a SQL Server', () => {
  it.each(
    attacks(QUERY, [
      ['is silent', () => {}, ['store_unreachable', 'timed_out']],
      [
        'drips its first packet',
        (socket) => drip(socket, Buffer.from([4, 1, 0x10, 0])),
        ['store_unreachable', 'timed_out'],
      ],
      ['sends garbage', atOnce(JUNK), BROKEN],
      ['sends garbage without end', (socket) => pump(socket, JUNK), [...BROKEN, ...TOO_MUCH]],
      ['sends a packet with a length of nothing', atOnce(packet(END, Buffer.alloc(0), 0), JUNK), BROKEN],
      ['sends a packet that is shorter than its header', atOnce(packet(END, Buffer.alloc(0), 3), JUNK), BROKEN],
      [
        'points outside of its own greeting',
        atOnce(packet(END, Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 0xff, 0xff, 0, 1, 0xff]))),
        BROKEN,
      ],
      [
        'sends a greeting that never ends',
        (socket) => pump(socket, packet(0, Buffer.alloc(4000))),
        [...BROKEN, ...TOO_MUCH],
      ],
      [
        'offers no TLS where it is asked for',
        atOnce(prelogin()),
        BROKEN,
        connect('{ encrypt: true, trustServerCertificate: true }'),
      ],
      [
        'answers TLS with garbage',
        (socket) =>
          onFirst(socket, () => {
            socket.write(prelogin(1));
            onFirst(socket, () => socket.write(packet(END, JUNK.subarray(0, 4000))));
          }),
        BROKEN,
        connect('{ encrypt: true, trustServerCertificate: true }'),
      ],
      [
        'answers TLS without end',
        (socket) =>
          onFirst(socket, () => {
            socket.write(prelogin(1));
            onFirst(socket, () =>
              pump(socket, packet(END, Buffer.concat([Buffer.from([22, 3, 3, 0x3f, 0xff]), Buffer.alloc(0x3fff)]))),
            );
          }),
        [...BROKEN, ...TOO_MUCH],
        connect('{ encrypt: true, trustServerCertificate: true }'),
      ],
      ['sends an unknown token', loginAnswer(tokens(0x01, 0xff, 0xff)), BROKEN],
      ['sends a row before its columns', loginAnswer(tokens(0xd1, 1, 2, 3)), BROKEN],
      ['sends an error that is longer than its packet', loginAnswer(tokens(0xaa, 0xff, 0xff, 1, 0, 0, 0)), BROKEN],
      [
        'sends a token of 4 GB',
        atLogin((socket) => {
          socket.write(packet(0, Buffer.from([0xee, 0xff, 0xff, 0xff, 0xff])));
          pump(socket, packet(0, Buffer.alloc(4000)));
        }),
        [...BROKEN, ...TOO_MUCH],
      ],
      [
        'sends messages without end while it logs in',
        atLogin((socket) =>
          pump(
            socket,
            packet(
              0,
              Buffer.from([
                0xab, 24, 0, 1, 0, 0, 0, 1, 0, 5, 0, 104, 0, 101, 0, 108, 0, 108, 0, 111, 0, 0, 0, 1, 0, 0, 0,
              ]),
            ),
          ),
        ),
        [...BROKEN, ...TOO_MUCH],
      ],
      [
        'changes the settings of the session without end',
        atLogin((socket) => pump(socket, packet(0, Buffer.from([0xe3, 7, 0, 1, 1, 100, 0, 1, 100, 0])))),
        [...BROKEN, ...TOO_MUCH],
      ],
      ['wants another way of authentication', loginAnswer(tokens(0xed, 4, 0, 1, 2, 3, 4)), BROKEN],
    ]),
  )('that %s is contained', async (_what, attack) => {
    await scene.attack(attack);
  });

  it.each([
    ['sends rows without end', Buffer.concat(Array(800).fill(Buffer.from([0xd1, 7, 0, 0, 0])))],
    ['sends messages without end', INFO],
    ['ends one result after the other without end', Buffer.concat([COLUMN, DONE_WITH_MORE])],
  ])('that %s is contained', async (_what, again) => {
    const serve = atQuery((socket) => {
      socket.write(packet(0, COLUMN));
      pump(socket, packet(0, again));
    });
    await scene.attack({ serve, body: QUERY, outcomes: [...TOO_MUCH, 'store_unreachable'] });
  });

  it('that says the password back, in a message without measure, is masked and cut', async () => {
    const words = `password ${PASSWORD} is wrong ${'and so on '.repeat(3_000)}`;
    const handler: SqlHandler = () => ({ error: { number: 50_000, message: words } });
    await using server = await startSqlServerDouble({
      encryption: 'none',
      user: 'u',
      password: PASSWORD,
      database: 'd',
      handler,
    });
    const { error } = await scene.attackServer({ port: server.port, body: QUERY, outcomes: ['threw'] });
    expect(error?.message).toContain('password [masked] is wrong');
  });
});
