/** Hostile MySQL servers. Packets: https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html */
import type { Socket } from 'node:net';
import { deflateSync } from 'node:zlib';
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

const packet = (sequence: number, ...parts: readonly (Buffer | string | readonly number[])[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
  const header = Buffer.alloc(4);
  header.writeUIntLE(body.length, 0, 3);
  header.writeUInt8(sequence % 256, 3);
  return Buffer.concat([header, body]);
};
const COMPRESS = 0x20;
const SSL = 0x800;
const CAPABILITIES = 0x1 | 0x2 | 0x4 | 0x8 | 0x80 | 0x200 | 0x2000 | 0x8000 | 0x20000 | 0x80000;
const greeting = (more = 0, plugin = 'mysql_native_password'): Buffer => {
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE((CAPABILITIES | more) >>> 0);
  const nonce = Buffer.alloc(20, 'n');
  return packet(
    0,
    [10],
    '8.4.0\0',
    [1, 0, 0, 0],
    nonce.subarray(0, 8),
    [0],
    flags.subarray(0, 2),
    [45, 2, 0],
    flags.subarray(2),
    [21],
    Buffer.alloc(10),
    nonce.subarray(8),
    [0],
    `${plugin}\0`,
  );
};
const OK = [0, 0, 0, 2, 0, 0, 0];
const EOF = [0xfe, 0, 0, 2, 0];
const COLUMN = [
  '\x03def',
  '\0',
  '\0',
  '\0',
  '\x01n',
  '\0',
  [0x0c, 45, 0, 0xff, 0xff, 0xff, 0xff, 0xfd, 0, 0, 0, 0, 0],
] as const;
const failure = (words: string): readonly (Buffer | string | readonly number[])[] => [
  [0xff, 0x15, 0x04],
  '#28000',
  words,
];

const OPTIONS = `host: '127.0.0.1', port: PORT, user: 'u', password: PASSWORD, database: 'd'`;
const query = (more = '') =>
  `const connection = await require('mysql2/promise').createConnection({ ${OPTIONS} ${more} }); const [rows] = await connection.query('SELECT 1'); return rows.length`;

const greet =
  (then: (socket: Socket, answer: Buffer) => void, more = 0, plugin?: string): Serve =>
  (socket) => {
    socket.write(greeting(more, plugin));
    onFirst(socket, (answer) => then(socket, answer));
  };
/** Lets the client in and answers its first query. */
const atQuery = (answer: Serve, more = 0): Serve =>
  greet((socket) => {
    socket.write(packet(2, OK));
    onFirst(socket, () => answer(socket));
  }, more);
const rowsWithoutEnd = (row: Buffer): Serve =>
  atQuery((socket) => {
    socket.write(Buffer.concat([packet(1, [1]), packet(2, ...COLUMN), packet(3, EOF)]));
    pump(socket, row);
  });
const JUNK = Buffer.alloc(64 * 1024, 'x');
const FULL = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0]), Buffer.alloc(0xffffff, 'x')]);
const TOO_MUCH: readonly Outcome[] = ['out_of_memory', 'quota_exceeded', 'timed_out'];
const BROKEN: readonly Outcome[] = ['store_unreachable', 'threw', 'timed_out'];

/** A frame of the compressed protocol: what it holds as it is, or deflated. */
const frame = (bytes: Buffer, isDeflated: boolean): Buffer => {
  const held = isDeflated ? deflateSync(bytes) : bytes;
  const header = Buffer.alloc(7);
  header.writeUIntLE(held.length, 0, 3);
  header.writeUIntLE(isDeflated ? bytes.length : 0, 4, 3);
  return Buffer.concat([header, held]);
};
/** A row of 16 MB in some 16 kB. */
const BOMB = frame(packet(4, [0xfd, 0, 0, 0xff], Buffer.alloc(0xff0000)), true);

describe('a MySQL server', () => {
  itContains(
    'that %s is contained',
    attacks(query(), [
      ['is silent', () => {}, ['timed_out']],
      ['drips its greeting', (socket) => drip(socket, Buffer.from([0xff, 0xff, 0xff, 0])), ['timed_out']],
      ['sends garbage', (socket) => pump(socket, JUNK), [...BROKEN, ...TOO_MUCH]],
      ['sends a greeting of 16 MB packets without end', (socket) => pump(socket, FULL), TOO_MUCH],
      ['sends an empty greeting', (socket) => socket.write(packet(0)), BROKEN],
      ['sends a greeting that is cut off', (socket) => socket.write(packet(0, [10, 56])), BROKEN],
      ['offers no TLS where it is asked for', greet(() => {}), ['store_unreachable'], query(', ssl: {}')],
      [
        'answers TLS with garbage',
        greet((socket) => socket.write(JUNK), SSL),
        ['store_unreachable'],
        query(', ssl: {}'),
      ],
      [
        'switches the way of authentication without end',
        greet((socket) => pump(socket, packet(2, [0xfe], 'mysql_native_password\0', Buffer.alloc(20, 'n'), [0]))),
        [...BROKEN, ...TOO_MUCH],
      ],
      [
        'switches to an unknown way',
        greet((socket) => socket.write(packet(2, [0xfe], 'made_up\0', Buffer.alloc(20, 'n')))),
        BROKEN,
      ],
      ['switches to the way of before 4.1', greet((socket) => socket.write(packet(2, [0xfe]))), BROKEN],
      [
        'answers with 2^63 columns',
        atQuery((socket) => socket.write(packet(1, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]))),
        [...BROKEN, ...TOO_MUCH],
      ],
      [
        'sends columns without end',
        atQuery((socket) => {
          socket.write(packet(1, [0xfd, 0xff, 0xff, 0xff]));
          pump(socket, packet(2, ...COLUMN));
        }),
        [...BROKEN, ...TOO_MUCH],
      ],
      [
        'sends rows without end',
        rowsWithoutEnd(packet(4, [0xfd, 0, 0, 1], Buffer.alloc(65_536, 'x'))),
        [...TOO_MUCH, 'store_unreachable'],
      ],
      [
        'sends small rows without end',
        rowsWithoutEnd(Buffer.concat(Array(1000).fill(packet(4, '\x01x')))),
        [...TOO_MUCH, 'store_unreachable'],
      ],
      [
        'has a field that is longer than its packet',
        rowsWithoutEnd(packet(4, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0])),
        [...BROKEN, ...TOO_MUCH],
      ],
      [
        'sends a packet of compressed zeroes again and again',
        atQuery((socket) => {
          socket.write(frame(Buffer.concat([packet(1, [1]), packet(2, ...COLUMN), packet(3, EOF)]), false));
          pump(socket, BOMB);
        }, COMPRESS),
        [...BROKEN, ...TOO_MUCH],
        query(', compress: true'),
      ],
    ]),
    () => scene,
  );

  it.each([
    ['with nothing for it', ''],
    [
      'with a factory of the script’s own',
      `, infileStreamFactory: () => require('stream').Readable.from([Buffer.from('given')])`,
    ],
  ])('that wants a file of this machine gets none: %s', async (_what, more) => {
    const serve = atQuery((socket) => {
      socket.write(packet(1, [0xfb], '/etc/passwd'));
      socket.on('data', () => socket.write(packet(3, OK)));
    });
    const attacked = await scene.attack({
      serve,
      body: query(more),
      outcomes: ['threw', 'completed', 'store_unreachable', 'timed_out'],
    });
    expect(attacked.heard.toString('latin1')).not.toContain('root:');
    if (more !== '') expect(attacked.heard.toString('latin1')).toContain('given');
  });

  it('that asks for the password in clear text does not get it', async () => {
    const serve = greet((socket) => socket.write(packet(2, [0xfe], 'mysql_clear_password\0')));
    const { heard } = await scene.attack({ serve, body: query(), outcomes: BROKEN });
    expect(heard.toString('latin1')).not.toContain(PASSWORD);
  });

  it('that asks for the password under a key of its own gets it, as from the driver in plain Node: only TLS helps', async () => {
    const serve = greet(
      (socket) => {
        socket.write(packet(2, [1, 4]));
        onFirst(socket, () => socket.end(packet(4, ...failure('no'))));
      },
      0,
      'caching_sha2_password',
    );
    const { heard } = await scene.attack({ serve, body: query(), outcomes: BROKEN });
    expect(heard.toString('latin1')).not.toContain(PASSWORD);
    expect(heard.at(-1)).toBe(2);
  });

  it('that says the password back, in a message without measure, is masked and cut', async () => {
    const serve = greet((socket) =>
      socket.write(packet(2, ...failure(`password ${PASSWORD} is wrong ${'and so on '.repeat(500_000)}`))),
    );
    const body = `try { ${query()} } catch (error) { console.error(error); throw error }`;
    const { error } = await scene.attack({ serve, body, outcomes: ['threw'] });
    expect(error).toMatchObject({
      code: 'ER_ACCESS_DENIED_ERROR',
      message: expect.stringContaining('password [masked] is wrong'),
    });
  });
});
