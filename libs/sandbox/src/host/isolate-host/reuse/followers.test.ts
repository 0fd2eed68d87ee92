/** What tells whether a session may be kept, against bytes cut anywhere and bytes that are none of its protocol. */
import { describe, expect, it } from 'vitest';
import type { Follower } from './follower.ts';
import { createHttpFollower } from './http-follower.ts';
import { createMongodbFollower } from './mongodb-follower.ts';
import { createMysqlFollower } from './mysql-follower.ts';
import { createPgFollower } from './pg-follower.ts';
import { createTdsFollower } from './tds-follower.ts';

const message = (kind: string, body: Buffer | string = ''): Buffer => {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
};
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const startup = (): Buffer => {
  const body = Buffer.concat([number(196608), Buffer.from('user\0me\0\0')]);
  return Buffer.concat([number(body.length + 4), body]);
};
const IDLE = message('Z', 'I');
const WELCOME = Buffer.concat([
  message('R', number(0)),
  message('S', 'a\0b\0'),
  message('K', Buffer.concat([number(7), number(8)])),
  IDLE,
]);
const ROWS = Buffer.concat([
  message('T', 'x'.repeat(30)),
  message('D', 'Z'.repeat(3000)),
  message('C', 'SELECT\0'),
  IDLE,
]);
const TERMINATE = message('X');

const packet = (place: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = place;
  return Buffer.concat([head, body]);
};
const GREETING = packet(0, Buffer.concat([Buffer.from('\n8.0\0', 'latin1'), Buffer.alloc(60, 1)]));
const LOGIN_FLAGS = 0x8000;
const loginPacket = (): Buffer => {
  const fixed = Buffer.alloc(32);
  fixed.writeUInt32LE(LOGIN_FLAGS, 0);
  return packet(1, Buffer.concat([fixed, Buffer.from('me\0\x02ab', 'latin1')]));
};
const OK = packet(2, Buffer.from([0, 0, 0, 2, 0, 0, 0]));
const QUIT = packet(0, Buffer.from([1]));

const inPieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

const openedPg = (size = 1e6): Follower => {
  const follower = createPgFollower();
  follower.onWrite(startup());
  for (const piece of inPieces(WELCOME, size)) follower.onData(piece);
  return follower;
};
const openedMysql = (size = 1e6): Follower => {
  const follower = createMysqlFollower();
  for (const piece of inPieces(GREETING, size)) follower.onData(piece);
  follower.onWrite(loginPacket());
  for (const piece of inPieces(OK, size)) follower.onData(piece);
  return follower;
};

describe('a session', () => {
  it.each([1, 2, 3, 5, 6, 7, 100, 1e6])(
    'of PostgreSQL is not kept before all was answered, however its messages are cut: %i bytes',
    (size) => {
      const follower = openedPg(size);
      expect(follower.onWrite(message('Q', 'SELECT 1\0'))).toBe('send');
      for (const piece of inPieces(ROWS, size)) {
        expect(follower.onWrite(TERMINATE)).not.toBe('farewell');
        follower.onData(piece);
      }
    },
  );

  it.each([1, 2, 3, 5, 6, 7, 100, 1e6])(
    'of PostgreSQL may be kept when all was answered, and played back, however its messages are cut: %i bytes',
    (size) => {
      const follower = openedPg(size);
      for (const piece of inPieces(message('Q', 'SELECT 1\0'), size)) follower.onWrite(piece);
      for (const piece of inPieces(ROWS, size)) follower.onData(piece);
      expect(follower.onWrite(TERMINATE)).toBe('farewell');
      expect(follower.replay()).toEqual(WELCOME);
      expect(follower.onWrite(startup())).toBe('swallow');
      expect(follower.onWrite(TERMINATE)).toBe('farewell');
    },
  );

  it.each([
    ['a readiness that nobody asked for', [], [IDLE]],
    ['fewer answers than readinesses that nobody asked for', [message('Q', 'a\0')], [IDLE, IDLE, IDLE]],
    ['a readiness in a transaction', [message('Q', 'BEGIN\0')], [message('C', 'BEGIN\0'), message('Z', 'T')]],
    ['one in a failed transaction', [message('Q', 'x\0')], [message('E', 'x'), message('Z', 'E')]],
    ['one answer for two questions', [message('Q', 'a\0'), message('Q', 'b\0')], [IDLE]],
    ['a length that cannot be', [message('Q', 'a\0')], [Buffer.from([0x5a, 0, 0, 0, 1]), IDLE]],
    ['half a message of the server', [message('Q', 'a\0')], [IDLE, Buffer.from('D')]],
    ['a parse without a sync', [message('P', 'a\0')], []],
    ['a statement that is too long to be looked through', [message('Q', `SELECT '${'x'.repeat(70_000)}'\0`)], [IDLE]],
  ])('of PostgreSQL is not kept after %s', (_what, written, said) => {
    const follower = openedPg();
    for (const bytes of written) follower.onWrite(bytes);
    for (const bytes of said) follower.onData(bytes);
    expect(follower.onWrite(TERMINATE)).toBe('send');
  });

  it('of PostgreSQL is not kept where a readiness that nobody asked for is made good by a question without an answer', () => {
    const follower = openedPg();
    follower.onData(IDLE);
    follower.onWrite(message('Q', 'a\0'));
    expect(follower.onWrite(TERMINATE)).toBe('send');
  });

  it.each([
    ['a question behind its password', [message('p', 'secret\0'), message('Q', 'a\0')]],
    ['one in the same piece', [Buffer.concat([message('p', 'secret\0'), message('S')])]],
    ['half a message', [message('p', 'secret\0'), Buffer.from('Q')]],
  ])('of PostgreSQL is not kept when its driver said before it was let in: %s', (_what, said) => {
    const follower = createPgFollower();
    follower.onWrite(startup());
    for (const bytes of said) follower.onWrite(bytes);
    follower.onData(WELCOME);
    follower.onWrite(message('Q', 'a\0'));
    follower.onData(IDLE);
    expect(follower.onWrite(TERMINATE)).toBe('send');
  });

  it.each([
    ["SELECT set_config('a', 'b', true)", false],
    [`SET${' '.repeat(200)}a.b = 1`, false],
    [`SET ${'a'.repeat(200)}.b = 1`, false],
    ['SET "a""b" . "c" = 1', false],
    [`SET /* ${'x'.repeat(120)} */ a.b = 1`, false],
    ['SET /*=*/ a.b = 1', false],
    ['SET --;\n a.b TO 1', false],
    ['SET LOCAL/**/a.b TO 1', false],
    ['SET SESSION a /* of /* comments */ in comments */ .b TO 1', false],
    ['SELECT U&"set\\005Fconfig"(1, 2, 3)', false],
    ['SET local_setting TO 1.5; SET session = 1; UPDATE a SET b = c -- a.d', true],
    ['UPDATE a SET b=c.d, session = 1.5', true],
    ['select pg_catalog . SET_CONFIG ($1, $2, $3)', false],
    ['BEGIN; set local\n"a"."b" to 1', false],
    ['SET/* */a.b = 1', false],
    ['DO $$ BEGIN SET a.b = 1; END $$', false],
    ['RESET a.b', false],
    ['SET statement_timeout = 5; SELECT a.b FROM a', true],
    ["SET application_name TO 'a.b'", true],
    ['UPDATE a SET b = c WHERE a.d = 1.5', true],
    ["SELECT t.a FROM t WHERE t.b = 'reset' AND t.c > 1.5 OFFSET 1", true],
    ['SELECT a.set_at, current_setting(a.b) FROM a', true],
  ])('of PostgreSQL is kept where no setting of its own may be left: %s', (sql, isKept) => {
    for (const size of [1, 7, 1e6]) {
      for (const asked of [message('Q', `${sql}\0`), Buffer.concat([message('P', `x\0${sql}\0`), message('S')])]) {
        const follower = openedPg();
        for (const piece of inPieces(asked, size)) follower.onWrite(piece);
        follower.onData(IDLE);
        expect(follower.onWrite(TERMINATE)).toBe(isKept ? 'farewell' : 'send');
      }
    }
  });

  it('is not kept when its server never let it in', () => {
    const follower = createPgFollower();
    follower.onWrite(startup());
    follower.onData(IDLE);
    expect(follower.onWrite(TERMINATE)).toBe('send');
  });

  it('is played to no driver that says something else', () => {
    for (const follower of [openedPg(), openedMysql()]) {
      follower.replay();
      expect(follower.onWrite(Buffer.from('something else'))).toBe('broken');
    }
  });

  it.each([1, 2, 3, 5, 100])('of MySQL may be kept and played back, however its packets are cut: %i bytes', (size) => {
    const follower = openedMysql(size);
    expect(follower.onWrite(QUIT)).toBe('farewell');
    expect(follower.replay()).toEqual(GREETING);
    expect(follower.takeNext?.()).toEqual(OK);
    expect(follower.onWrite(loginPacket())).toBe('swallow');
    expect(follower.onWrite(QUIT)).toBe('farewell');
  });

  it.each([1, 2, 4, 5, 100])(
    'of MySQL is not kept after a command that came before the consent, in pieces of %i bytes',
    (size) => {
      const follower = createMysqlFollower();
      follower.onData(GREETING);
      follower.onWrite(loginPacket());
      for (const piece of inPieces(packet(0, Buffer.from('\x11guest\0\0\0')), size)) follower.onWrite(piece);
      follower.onData(Buffer.concat([OK, packet(1, Buffer.from([0, 0, 0, 2, 0, 0, 0]))]));
      expect(follower.onWrite(QUIT)).toBe('send');
    },
  );

  it('of MySQL is kept after answers to what its server asks at the login', () => {
    const follower = createMysqlFollower();
    follower.onData(GREETING);
    follower.onWrite(loginPacket());
    follower.onData(packet(2, Buffer.from('\xfeanother\0', 'latin1')));
    follower.onWrite(packet(3, Buffer.from('answer')));
    follower.onData(packet(4, Buffer.from([0, 0, 0, 2, 0, 0, 0])));
    expect(follower.onWrite(QUIT)).toBe('farewell');
  });

  it('of MySQL is not kept in the middle of a packet, of either side', () => {
    const follower = openedMysql();
    follower.onData(Buffer.from([9, 0, 0, 1, 7]));
    expect(follower.onWrite(QUIT)).toBe('send');
  });
});

/** The same numbers in every run of the tests. */
function createNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

describe('any bytes of either side', () => {
  it.each([
    ['pg', createPgFollower, openedPg],
    ['mysql', createMysqlFollower, openedMysql],
    ['http', createHttpFollower, createHttpFollower],
    ['mongodb', () => createMongodbFollower(true), () => createMongodbFollower(false)],
    ['mssql', createTdsFollower, createTdsFollower],
  ])('are survived: %s', (_name, create, open) => {
    const next = createNumbers(1);
    const known = [startup(), WELCOME, ROWS, TERMINATE, GREETING, loginPacket(), OK, QUIT];
    for (let round = 0; round < 500; round++) {
      const follower = round % 2 === 0 ? create() : open();
      for (let step = 0; step < 12; step++) {
        const noise = Buffer.from(Array.from({ length: next(40) }, () => next(256)));
        const bytes = next(3) === 0 ? (known[next(known.length)] as Buffer) : noise;
        if (next(2) === 0) follower.onData(bytes);
        else expect(['send', 'farewell']).toContain(follower.onWrite(bytes));
        expect(follower.isInOrder?.() ?? false).toBe(false);
        if (next(10) === 0) follower.onTls({ servername: String(next(9)) });
      }
    }
  });
});
