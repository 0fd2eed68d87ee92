/** Sessions are put back where the server says just what it should, and by nothing else. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { resetMysqlSession } from './mysql-reset.ts';
import { resetPgSession } from './pg-reset.ts';

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
});

/** A connection to a server that answers every piece it reads by the next of these, and hangs up at `null`. */
async function connectTo(answers: readonly ((read: Buffer) => Buffer | null)[]): Promise<Socket> {
  const left = [...answers];
  server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    socket.on('data', (read) => {
      const answer = left.shift()?.(read);
      if (answer === null) socket.destroy();
      else if (answer !== undefined) socket.write(answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  sockets.push(socket.on('error', () => undefined));
  await once(socket, 'connect');
  socket.resume();
  return socket;
}

const message = (kind: string, body = ''): Buffer => {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, Buffer.from(body, 'latin1')]);
};
const DONE = message('C', 'DISCARD ALL\0');
const IDLE = message('Z', 'I');
/** The mark in the query that came last. */
const markIn = (read: Buffer): string => /'([0-9a-f]{24})/.exec(read.toString('latin1'))?.[1] as string;
const pgRow = (text: string): Buffer[] => [
  message('T', 'x'),
  message('D', `\0\x01\0\0\0${String.fromCharCode(text.length)}${text}`),
  message('C', 'SELECT 1\0'),
];
const pgRowOf = (read: Buffer): Buffer[] => [...pgRow(markIn(read)), IDLE];

describe('a session of PostgreSQL', () => {
  const resetBy = async (said: (read: Buffer) => readonly Buffer[], processId?: number): Promise<boolean> =>
    resetPgSession(await connectTo([(read) => Buffer.concat(said(read))]), processId);

  it.each<[string, (read: Buffer) => readonly Buffer[]]>([
    ['in one piece', (read) => [DONE, IDLE, ...pgRowOf(read)]],
    [
      'with notices, settings and what it was notified of',
      (read) => [message('N', 'x'), message('S', 'a\0b\0'), message('A', 'x'), DONE, IDLE, ...pgRowOf(read)],
    ],
  ])('is put back by its answer %s', async (_what, said) => {
    expect(await resetBy(said)).toBe(true);
  });

  it.each<[string, (read: Buffer) => readonly Buffer[]]>([
    ['an error', (read) => [message('E', 'x'), IDLE, ...pgRowOf(read)]],
    ['a transaction', (read) => [DONE, message('Z', 'T'), ...pgRowOf(read)]],
    ['more than was asked for', (read) => [DONE, IDLE, ...pgRowOf(read), message('N', 'x')]],
    ['half a message more', (read) => [DONE, IDLE, ...pgRowOf(read), Buffer.from('C')]],
    ['a copy', (read) => [message('G', 'x'), IDLE, ...pgRowOf(read)]],
    ['a length that cannot be', () => [Buffer.from([0x5a, 0, 0, 0, 0])]],
    ['another protocol', () => [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]],
    ['rows that an earlier query was owed', (read) => [...pgRow('mine'), IDLE, DONE, IDLE, ...pgRowOf(read)]],
    ['an answer without rows that an earlier query was owed', (read) => [DONE, IDLE, DONE, IDLE, ...pgRowOf(read)]],
    ['another mark', () => [DONE, IDLE, ...pgRow('0123456789abcdef01234567'), IDLE]],
    ['the mark in a longer row', (read) => [DONE, IDLE, ...pgRow(`${markIn(read)}x`), IDLE]],
    ['no row', () => [DONE, IDLE, message('T', 'x'), message('C', 'SELECT 0\0'), IDLE]],
    ['two rows', (read) => [DONE, IDLE, ...pgRow(markIn(read)), ...pgRowOf(read)]],
  ])('is not put back by %s', async (_what, said) => {
    const late = new Promise((resolve) => setTimeout(resolve, 300, 'nothing yet'));
    expect(await Promise.race([resetBy(said), late])).not.toBe(true);
  });

  it('is asked for its process and its role where it has not been put back before', async () => {
    const asked: string[] = [];
    const said = (read: Buffer) => {
      asked.push(read.toString());
      return [DONE, IDLE, ...pgRowOf(read)];
    };
    expect([await resetBy(said, 77), await resetBy(said)]).toEqual([true, true]);
    expect(asked.map((sql) => [sql.includes('pg_backend_pid() = 77'), sql.includes('current_user')])).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  it('is not put back by a server that hangs up', async () => {
    expect(await resetPgSession(await connectTo([() => null]), undefined)).toBe(false);
  });
});

const packet = (place: number, body: Buffer | string): Buffer => {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const head = Buffer.alloc(4);
  head.writeUIntLE(bytes.length, 0, 3);
  head[3] = place;
  return Buffer.concat([head, bytes]);
};
const OK = packet(1, '\0\0\0\x02\0\0\0');
const EOF = packet(3, '\xfe\0\0\x02\0');
const ERROR = packet(1, '\xff\x15\x04#28000no');
const rowOf = (text: string): Buffer[] => [
  packet(1, '\x01'),
  packet(2, 'def'),
  EOF,
  packet(4, `${String.fromCharCode(text.length)}${text}`),
  EOF,
];
const names = (read: Buffer): Buffer => Buffer.concat([OK, ...rowOf(`${markIn(read)} utf8mb4 utf8mb4_unicode_ci`)]);
const session = () => ({ threadId: 7, charset: 224, user: Buffer.from('u'), database: 'legacy', ignoresSpace: false });

describe('a session of MySQL', () => {
  it('is put back by three consents and its mark', async () => {
    const good = (read: Buffer): Buffer => Buffer.concat([OK, OK, OK, ...rowOf(markIn(read))]);
    expect(await resetMysqlSession(await connectTo([names, good]), session())).toBe(true);
  });

  it.each<[string, (read: Buffer) => Buffer | null]>([
    ['an error', (read) => Buffer.concat([OK, ERROR, OK, ...rowOf(markIn(read))])],
    ['an answer that an earlier command was owed', (read) => Buffer.concat([OK, OK, OK, OK, ...rowOf(markIn(read))])],
    [
      'rows that an earlier query was owed',
      (read) => Buffer.concat([...rowOf('mine'), OK, OK, OK, ...rowOf(markIn(read))]),
    ],
    ['another mark', () => Buffer.concat([OK, OK, OK, ...rowOf('0123456789abcdef01234567')])],
    ['no row', () => Buffer.concat([OK, OK, OK, packet(1, '\x01'), packet(2, 'def'), EOF, EOF])],
    ['two rows', (read) => Buffer.concat([OK, OK, OK, ...rowOf(markIn(read)).slice(0, 4), ...rowOf('x').slice(3)])],
    ['more than was asked for', (read) => Buffer.concat([OK, OK, OK, ...rowOf(markIn(read)), Buffer.from([9])])],
    ['its hanging up', () => null],
  ])('is not put back by %s', async (_what, answer) => {
    expect(await resetMysqlSession(await connectTo([names, answer]), session())).toBe(false);
  });

  it.each<[string, (read: Buffer) => Buffer | null]>([
    [
      'through another thread, or of a server with statements for every login',
      () => Buffer.concat([OK, packet(1, '\x01'), packet(2, 'def'), EOF, EOF]),
    ],
    ['with names that are no names', (read) => Buffer.concat([OK, ...rowOf(`${markIn(read)} utf8'; DROP x`)])],
    ['that cannot be reset', () => ERROR],
  ])('is not kept %s', async (_what, answer) => {
    expect(await resetMysqlSession(await connectTo([answer]), session())).toBe(false);
  });
});
