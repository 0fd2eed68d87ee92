/**
 * As much of a PostgreSQL server as the warm-up needs: SCRAM-SHA-256 for one password, one row in answer to every
 * query, an error for a query that asks for one.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';

export const PASSWORD = 'warm-up';
const ITERATIONS = 4096;
const TEXT = 25;
const INT4 = 23;
const TIMESTAMPTZ = 1184;
const BOOL = 16;

const COLUMNS = [
  ['id', INT4, '7'],
  ['email', TEXT, 'a@b.example'],
  ['password', TEXT, '$2b$04$abcdefghijklmnopqrstuu4VqT3JvYVYkQJ4v4r5YV8kJm7XrGWyq'],
  ['created_at', TIMESTAMPTZ, '2020-01-02 03:04:05.678+00'],
  ['active', BOOL, 't'],
] as const;

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int16 = (value: number): Buffer => int32(value).subarray(2);
const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const message = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};

const READY = message('Z', Buffer.from('I'));
const ROW_DESCRIPTION = message(
  'T',
  int16(COLUMNS.length),
  ...COLUMNS.flatMap(([name, type]) => [text(name), int32(0), int16(0), int32(type), int16(-1), int32(-1), int16(0)]),
);
const DATA_ROW = message(
  'D',
  int16(COLUMNS.length),
  ...COLUMNS.flatMap(([, , value]) => [int32(value.length), Buffer.from(value)]),
);
const COMMAND_COMPLETE = message('C', text('SELECT 1'));
const ERROR = message('E', text('SERROR'), text('C42P01'), text('Mrelation does not exist'), Buffer.from([0]));

const hmac = (key: Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Answers of the SCRAM exchange, by what the client sent. */
function createScram(): { first(client: string): string; final(client: string): string } {
  const salt = randomBytes(16);
  let exchanged = '';
  return {
    first(client) {
      const bare = client.replace(/^n,,/, '');
      const nonce = /r=([^,]*)/.exec(bare)?.[1] ?? '';
      const answer = `r=${nonce}server,s=${salt.toString('base64')},i=${ITERATIONS}`;
      exchanged = `${bare},${answer}`;
      return answer;
    },
    final(client) {
      const withoutProof = client.replace(/,p=.*$/, '');
      const salted = pbkdf2Sync(PASSWORD, salt, ITERATIONS, 32, 'sha256');
      const signature = hmac(hmac(salted, 'Server Key'), `${exchanged},${withoutProof}`);
      return `v=${signature.toString('base64')}`;
    },
  };
}

const authentication = (kind: number, data: Buffer = Buffer.alloc(0)): Buffer => message('R', int32(kind), data);

function answerSasl(scram: ReturnType<typeof createScram>, body: Buffer, isFirst: boolean): Buffer[] {
  if (isFirst) {
    const start = body.indexOf(0) + 5;
    return [authentication(11, Buffer.from(scram.first(body.subarray(start).toString())))];
  }
  const done = authentication(12, Buffer.from(scram.final(body.toString())));
  const facts = message('S', text('server_version'), text('16.0'));
  return [done, authentication(0), facts, message('K', int32(1), int32(createHash('md5').digest()[0] ?? 0)), READY];
}

function answerQuery(type: string, body: Buffer, failing: { value: boolean }): Buffer[] {
  if (type === 'P') failing.value = body.includes('FAIL');
  if (type === 'P' && failing.value) return [ERROR];
  if (type === 'S') return [READY];
  if (failing.value && type !== 'Q') return [];
  if (type === 'P') return [message('1')];
  if (type === 'B') return [message('2')];
  if (type === 'D') return [ROW_DESCRIPTION];
  if (type === 'E') return [DATA_ROW, COMMAND_COMPLETE];
  return type === 'Q' ? [ROW_DESCRIPTION, DATA_ROW, COMMAND_COMPLETE, READY] : [];
}

function serve(socket: Socket): void {
  const scram = createScram();
  const failing = { value: false };
  let saslSteps = 0;
  let started = false;
  let held = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    for (;;) {
      const header = started ? 1 : 0;
      if (held.length < header + 4 || held.length < header + held.readInt32BE(header)) return;
      const end = header + held.readInt32BE(header);
      const type = started ? String.fromCharCode(held[0] as number) : '';
      const body = held.subarray(header + 4, end);
      held = held.subarray(end);
      if (!started) socket.write(authentication(10, Buffer.concat([text('SCRAM-SHA-256'), Buffer.from([0])])));
      else if (type === 'p') socket.write(Buffer.concat(answerSasl(scram, body, saslSteps++ === 0)));
      else if (type === 'X') socket.end();
      else socket.write(Buffer.concat(answerQuery(type, body, failing)));
      started = true;
    }
  });
}

/** Listens on a free port of the loopback. */
export function startFakePostgres(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer(serve);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as { port: number }).port, server }));
  });
}
