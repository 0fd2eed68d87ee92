/** What tells whether a session of SQL Server may be kept, how it is played back, and what puts it back. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Follower } from './follower.ts';
import { createTdsFollower, resetTdsSession } from './tds-follower.ts';

const SPID = 77;
function packets(type: number, payload: Buffer, { room = 4096, status = 0, spid = SPID } = {}): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at === 0 || at < payload.length; at += room) {
    const part = payload.subarray(at, at + room);
    const isLast = at + room >= payload.length;
    const head = Buffer.from([type, status | (isLast ? 1 : 0), 0, 0, 0, 0, parts.length + 1, 0]);
    head.writeUInt16BE(part.length + 8, 2);
    head.writeUInt16BE(spid, 4);
    parts.push(head, part);
  }
  return Buffer.concat(parts);
}
const sized = (token: number, body: number[]): number[] => [token, body.length & 255, body.length >> 8, ...body];
const environment = (kind: number): number[] => sized(0xe3, [kind, 0, 0]);
const done = (status = 0): number[] => [0xfd, status, 0, ...Array(10).fill(0)];
const answer = (...tokens: number[][]): Buffer => packets(4, Buffer.from(tokens.flat()));

const PRELOGIN = packets(18, Buffer.from('prelogin'));
const LOGIN = packets(16, Buffer.from('login of alice'.repeat(50)), { room: 300 });
const LOGIN_ACK = answer(environment(1), sized(0xab, [1]), sized(0xad, [1, 2]), [0xae, 1, 1, 0, 0, 0, 9, 255], done());
const SETTINGS = packets(1, Buffer.from('set ansi_nulls on'));
const SET = answer(done(1), done());
const QUERY = packets(3, Buffer.from('sp_executesql'));
const ROWS = packets(4, Buffer.alloc(100_000, 7));
const transaction = (what: number): Buffer => packets(14, Buffer.from([4, 0, 0, 0, what, 0]));

type Step = readonly ['asks' | 'says', Buffer];
const OPENING: readonly Step[] = [
  ['asks', PRELOGIN],
  ['says', packets(4, Buffer.from('prelogin'))],
  ['asks', LOGIN],
  ['says', LOGIN_ACK],
  ['asks', SETTINGS],
  ['says', SET],
];
const inPieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
function play(steps: readonly Step[], size = 1e6, follower = createTdsFollower()): Follower {
  for (const [who, bytes] of steps) {
    for (const piece of inPieces(bytes, size)) {
      if (who === 'asks') follower.onWrite(piece);
      else follower.onData(piece);
    }
  }
  return follower;
}

describe('a session of SQL Server', () => {
  it.each([1, 3, 8, 9, 100, 1e6])('may be kept once all was answered, however it is cut: %i bytes', (size) => {
    const steps: Step[] = [...OPENING, ['asks', QUERY], ['says', ROWS]];
    steps.forEach((_, at) => {
      expect(play(steps.slice(0, at + 1), size).isInOrder?.()).toBe(at === 5 || at === 7);
    });
  });

  it.each([1, 3, 8, 100, 1e6])(
    'is played back to a driver that logs in as before, however it is cut: %i bytes',
    (size) => {
      const follower = play(OPENING);
      follower.replay();
      for (const [asked, said] of [
        [LOGIN, LOGIN_ACK],
        [SETTINGS, SET],
      ] as const) {
        for (const piece of inPieces(asked, size)) {
          expect(follower.takeAnswer?.()).toBeUndefined();
          expect(follower.onWrite(piece)).toBe('swallow');
        }
        expect(follower.takeAnswer?.()).toEqual(said);
      }
      expect(follower.isInOrder?.()).toBe(true);
      expect(follower.onWrite(QUERY)).toBe('send');
    },
  );

  it('is played back to nobody else', () => {
    const follower = play(OPENING);
    follower.replay();
    const other = Buffer.from(LOGIN);
    other[200] = (other[200] as number) ^ 1;
    expect(follower.onWrite(other)).toBe('broken');
    expect(follower.onWrite(LOGIN)).not.toBe('swallow');
  });

  it.each<[string, readonly Step[]]>([
    ['the login failed', [...OPENING.slice(0, 3), ['says', answer(sized(0xaa, [1]), done(2))], ...OPENING.slice(4)]],
    [
      'another server is named',
      [...OPENING.slice(0, 3), ['says', answer(environment(20), sized(0xad, [1]), done())], ...OPENING.slice(4)],
    ],
    ['the settings failed', [...OPENING.slice(0, 5), ['says', answer(sized(0xaa, [1]), done(2))]]],
    ['two requests were sent at once', [...OPENING, ['asks', QUERY], ['asks', QUERY], ['says', ROWS], ['says', ROWS]]],
    ['a request was cancelled', [...OPENING, ['asks', QUERY], ['asks', packets(6, Buffer.alloc(0))], ['says', SET]]],
    ['a request was given up', [...OPENING, ['asks', packets(3, Buffer.from('x'), { status: 2 })], ['says', SET]]],
    ['a transaction is open', [...OPENING, ['asks', transaction(5)], ['says', SET]]],
    ['an answer came that nobody asked for', [...OPENING, ['says', SET]]],
    ['half a packet more has come', [...OPENING, ['says', SET.subarray(0, 5)]]],
    ['half a packet was written', [...OPENING, ['asks', QUERY.subarray(0, 5)]]],
    [
      'what is encrypted goes another way',
      [...OPENING.slice(0, 2), ['asks', Buffer.from([23, 3, 3, 0, 9])], ...OPENING.slice(2)],
    ],
    ['somebody logs in again', [...OPENING, ['asks', LOGIN], ['says', LOGIN_ACK]]],
  ])('is not kept where %s', (_what, steps) => {
    expect(play(steps).isInOrder?.()).toBe(false);
  });

  it('may be kept after a transaction that was ended', () => {
    for (const end of [7, 8]) {
      const steps: Step[] = [
        ['asks', transaction(5)],
        ['says', SET],
        ['asks', transaction(end)],
        ['says', SET],
      ];
      expect(play([...OPENING, ...steps]).isInOrder?.()).toBe(true);
    }
  });
});

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
});
const asked: Buffer[] = [];
async function connectTo(said: Buffer | null): Promise<Socket> {
  asked.splice(0);
  server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    socket.on('data', (read) => {
      asked.push(read);
      if (said === null) socket.destroy();
      else socket.write(said);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  sockets.push(socket.on('error', () => undefined));
  await once(socket, 'connect');
  socket.resume();
  return socket;
}
const RESET = environment(18);

describe('a session of SQL Server that no run has', () => {
  it('is put back by the settings, marked to reset it first, and the consent to that', async () => {
    expect(await resetTdsSession(await connectTo(answer(RESET, done(1), done())), SETTINGS, SPID)).toBe(true);
    const marked = Buffer.from(SETTINGS);
    marked[1] = 9;
    expect(Buffer.concat(asked)).toEqual(marked);
  });

  it.each<[string, Buffer | null]>([
    ['no consent to the reset', answer(done())],
    ['an error', answer(RESET, sized(0xaa, [1]), done(2))],
    ['a failure that it does not name', answer(RESET, done(2))],
    ['an answer without an end', answer(RESET, done(1))],
    ['rows', answer(RESET, [0xd1, 1], done())],
    ['more than was asked for', answer(RESET, done(), done())],
    ['two answers', Buffer.concat([answer(RESET, done()), answer(RESET, done())])],
    ['half an answer more', Buffer.concat([answer(RESET, done()), Buffer.from([4])])],
    ['another process', packets(4, Buffer.from([...RESET, ...done()]), { spid: 78 })],
    ['another kind of packet', packets(18, Buffer.from([...RESET, ...done()]))],
    ['a token that ends beyond the answer', answer(RESET, [0xab, 255, 255])],
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['its hanging up', null],
  ])('is not put back by %s', async (_what, said) => {
    const reset = resetTdsSession(await connectTo(said), SETTINGS, SPID);
    const late = new Promise((resolve) => setTimeout(resolve, 300, 'nothing yet'));
    expect(await Promise.race([reset, late])).not.toBe(true);
  });
});
