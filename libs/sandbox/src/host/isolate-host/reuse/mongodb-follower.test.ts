/** What tells whether a connection to MongoDB may be kept, and what must be said when it is asked again. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import type { Follower } from './follower.ts';
import { createMongodbFollower } from './mongodb-follower.ts';

const { deserialize, serialize } = BSON;

type Flags = { readonly flags?: number; readonly opcode?: number };

function message(id: number, responseTo: number, document: Document, { flags = 0, opcode = 2013 }: Flags = {}): Buffer {
  const head = Buffer.alloc(21);
  const body = Buffer.from(serialize(document));
  head.writeUInt32LE(21 + body.length, 0);
  head.writeInt32LE(id, 4);
  head.writeInt32LE(responseTo, 8);
  head.writeInt32LE(opcode, 12);
  head.writeUInt32LE(flags, 16);
  return Buffer.concat([head, body]);
}
const ask = (id: number, document: Document, flags?: Flags): Buffer => message(id, 0, document, flags);
const say = (responseTo: number, document: Document, flags?: Flags): Buffer =>
  message(9000 + responseTo, responseTo, document, flags);

const HELLO = { isWritablePrimary: true, helloOk: true, connectionId: 7, setName: 'rs0', me: 'a:1', ok: 1 };
const inPieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

type Step = readonly ['asks' | 'says', Buffer];
const OPENING: readonly Step[] = [
  ['asks', ask(1, { hello: 1, helloOk: true, $db: 'admin' })],
  ['says', say(1, HELLO)],
];
const LOGIN: readonly Step[] = [
  ['asks', ask(2, { saslContinue: 1, $db: 'admin' })],
  ['says', say(2, { conversationId: 1, done: true, ok: 1 })],
];
const FIND: readonly Step[] = [
  ['asks', ask(3, { find: 'users', $db: 'legacy' })],
  ['says', say(3, { cursor: { firstBatch: [{ a: 'x'.repeat(30_000) }], id: 0 }, ok: 1 })],
];
const END: Step = ['asks', ask(4, { endSessions: [], $db: 'admin' })];

function play(steps: readonly Step[], follower = createMongodbFollower(true), size = 1e6): Follower {
  for (const [who, bytes] of steps) {
    for (const piece of inPieces(bytes, size)) {
      if (who === 'asks') follower.onWrite(piece);
      else follower.onData(piece);
    }
  }
  return follower;
}

describe('a connection to MongoDB', () => {
  it.each([1, 3, 16, 21, 100, 1e6])('may be kept once all was answered, however it is cut: %i bytes', (size) => {
    const steps = [...OPENING, ...LOGIN, ...FIND, END];
    steps.forEach((_, at) => {
      const isOrder = play(steps.slice(0, at + 1), createMongodbFollower(true), size).isInOrder?.();
      expect(isOrder).toBe(at === 3 || at >= 5);
    });
  });

  it.each<[string, readonly Step[]]>([
    ['nobody was let in', [...OPENING, ...FIND]],
    ['the login failed', [...OPENING, LOGIN[0] as Step, ['says', say(2, { done: true, ok: 0, code: 18 })]]],
    ['the login is not done', [...OPENING, LOGIN[0] as Step, ['says', say(2, { done: false, ok: 1 })]]],
    ['it began with something else', FIND],
    ['the server did not greet', [OPENING[0] as Step, ['says', say(1, { ok: 0, errmsg: 'no' })]]],
    [
      'somebody else logged in',
      [...OPENING, ...LOGIN, ['asks', ask(5, { saslStart: 1 })], ['says', say(5, { ok: 1 })]],
    ],
    ['it was logged out', [...OPENING, ...LOGIN, ['asks', ask(5, { logout: 1 })], ['says', say(5, { ok: 1 })]]],
    [
      'a stream of answers was asked for',
      [...OPENING, ...LOGIN, ['asks', ask(5, { hello: 1 }, { flags: 1 << 16 })], ['says', say(5, HELLO)]],
    ],
    [
      'more answers follow',
      [...OPENING, ...LOGIN, ['asks', ask(5, { find: 'a' })], ['says', say(5, { ok: 1 }, { flags: 2 })]],
    ],
    ['an answer came that nobody asked for', [...OPENING, ...LOGIN, ['says', say(5, { ok: 1 })]]],
    [
      'an answer came to something else',
      [...OPENING, ...LOGIN, ['asks', ask(5, { find: 'a' })], ['says', say(6, { ok: 1 })]],
    ],
    [
      'two commands were sent at once',
      [
        ...OPENING,
        ...LOGIN,
        ['asks', ask(5, { find: 'a' })],
        ['asks', ask(6, { find: 'a' })],
        ['says', say(5, { ok: 1 })],
        ['says', say(6, { ok: 1 })],
      ],
    ],
    [
      'a command was packed',
      [...OPENING, ...LOGIN, ['asks', ask(5, { find: 'a' }, { opcode: 2012 })], ['says', say(5, { ok: 1 })]],
    ],
    [
      'a transaction is open',
      [...OPENING, ...LOGIN, ['asks', ask(5, { insert: 'a', startTransaction: true })], ['says', say(5, { ok: 1 })]],
    ],
    [
      'the server is not primary any more',
      [...OPENING, ...LOGIN, ['asks', ask(5, { insert: 'a' })], ['says', say(5, { ok: 0, code: 10107 })]],
    ],
    [
      'a write was not confirmed',
      [
        ...OPENING,
        ...LOGIN,
        ['asks', ask(5, { insert: 'a' })],
        ['says', say(5, { ok: 1, writeConcernError: { code: 91 } })],
      ],
    ],
    ['half an answer more has come', [...OPENING, ...LOGIN, ['says', Buffer.from([1, 2, 3])]]],
    ['it is no protocol of MongoDB', [...OPENING, ...LOGIN, ['says', Buffer.from('HTTP/1.1 200 OK\r\n\r\n')]]],
  ])('is not kept where %s', (_what, steps) => {
    expect(play(steps).isInOrder?.()).toBe(false);
  });

  it('may be kept after a transaction that was ended', () => {
    const steps: Step[] = [
      ['asks', ask(5, { insert: 'a', startTransaction: true })],
      ['says', say(5, { ok: 1 })],
      ['asks', ask(6, { commitTransaction: 1 })],
      ['says', say(6, { ok: 1 })],
    ];
    expect(play([...OPENING, ...LOGIN, ...steps]).isInOrder?.()).toBe(true);
  });
});

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
});

/** A connection to a server that answers what it reads by this, and hangs up at `null`. */
async function connectTo(answer: (id: number, document: Document) => Buffer | null): Promise<Socket> {
  server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    socket.on('data', (read) => {
      const said = answer(read.readInt32LE(4), deserialize(read.subarray(21)));
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

describe('a connection to MongoDB that no run has', () => {
  it('is fit when its server says again what it said', async () => {
    const follower = play([...OPENING, ...LOGIN]);
    let asked: Document = {};
    const socket = await connectTo((id, document) => {
      asked = document;
      return say(id, { ...HELLO, localTime: new Date() });
    });
    expect(await follower.reset(socket)).toBe(true);
    expect(asked).toEqual({ hello: 1, helloOk: true, $db: 'admin' });
    expect(deserialize(follower.welcome?.()?.bytes as Uint8Array)).toMatchObject({ connectionId: 7 });
  });

  it('is fit after the answer that the driver did not wait for', async () => {
    const follower = play([...OPENING, ...LOGIN, END]);
    const socket = await connectTo((id) => Buffer.concat([say(4, { ok: 1 }), say(id, HELLO)]));
    expect(await follower.reset(socket)).toBe(true);
  });

  it('is not fit while it owes an answer that the driver did not wait for', async () => {
    const follower = play([...OPENING, ...LOGIN, END]);
    const socket = await connectTo((id) => say(id, HELLO));
    expect(await follower.reset(socket)).toBe(false);
  });

  it('names the version of the interface that the client was bound to', async () => {
    const bound: Step = ['asks', ask(1, { hello: 1, apiVersion: '1', apiStrict: true, $db: 'admin' })];
    const follower = play([bound, OPENING[1] as Step, ...LOGIN]);
    let asked: Document = {};
    const socket = await connectTo((id, document) => {
      asked = document;
      return say(id, HELLO);
    });
    expect(await follower.reset(socket)).toBe(true);
    expect(asked).toMatchObject({ apiVersion: '1', apiStrict: true });
  });

  it.each<[string, (id: number) => Buffer | null]>([
    ['an error', (id) => say(id, { ok: 0, code: 13 })],
    ['another connection', (id) => say(id, { ...HELLO, connectionId: 8 })],
    ['another set', (id) => say(id, { ...HELLO, setName: 'rs1' })],
    ['another member', (id) => say(id, { ...HELLO, me: 'b:1' })],
    ['another role', (id) => say(id, { ...HELLO, isWritablePrimary: false, secondary: true })],
    ['an answer to something else', (id) => say(id + 1, HELLO)],
    ['an answer that an earlier command was owed', (id) => Buffer.concat([say(3, { ok: 1 }), say(id, HELLO)])],
    ['its answer twice', (id) => Buffer.concat([say(id, HELLO), say(id, HELLO)])],
    ['its answer and more', (id) => Buffer.concat([say(id, HELLO), Buffer.from([1])])],
    ['a stream of answers', (id) => say(id, HELLO, { flags: 2 })],
    ['another protocol', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['its hanging up', () => null],
  ])('is not fit by %s', async (_what, answer) => {
    const follower = play([...OPENING, ...LOGIN]);
    const done = follower.reset(await connectTo(answer));
    const late = new Promise((resolve) => setTimeout(resolve, 300, 'nothing yet'));
    expect(await Promise.race([done, late])).not.toBe(true);
  });
});
