/** Hostile MongoDB servers. Messages: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
import type { Socket } from 'node:net';
import { deflateSync } from 'node:zlib';
import type { Outcome } from '@userferry/script-contract';
import { BSON } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drip, type HostileScene, PASSWORD, pump, type Serve, startHostileScene } from './testing/hostile-scene.ts';

let scene: HostileScene;
beforeAll(async () => {
  scene = await startHostileScene();
});
afterAll(() => scene?.stop());

type Document = Readonly<Record<string, unknown>>;
type Asked = { readonly id: number; readonly command: Document };

const le32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value | 0, index * 4);
  return bytes;
};
const MESSAGE = 2013;
const QUERY = 2004;
const COMPRESSED = 2012;
/** A message of raw BSON; `length` is what its header says. */
const raw = (id: number, bson: Buffer, length = 21 + bson.length): Buffer =>
  Buffer.concat([le32(length, 1, id, MESSAGE, 0), Buffer.from([0]), bson]);
const reply = (id: number, document: Document): Buffer => raw(id, Buffer.from(BSON.serialize(document)));

const asked = (bytes: Buffer): Asked => {
  const end = bytes.indexOf(0, 20);
  const at = bytes.readInt32LE(12) === QUERY ? end + 9 : 21;
  return { id: bytes.readInt32LE(4), command: BSON.deserialize(bytes.subarray(at, at + bytes.readInt32LE(at))) };
};
const isHello = ({ command }: Asked): boolean => ['hello', 'ismaster', 'isMaster'].some((name) => name in command);
const HELLO = {
  ok: 1,
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
};

/** Greets as a server does, then lets `answer` have the rest; small messages come whole. */
const greets =
  (answer: (socket: Socket, asked: Asked) => void, hello: Document = HELLO): Serve =>
  (socket) => {
    socket.on('data', (bytes) => {
      const question = asked(bytes);
      if (isHello(question)) socket.write(reply(question.id, hello));
      else answer(socket, question);
    });
  };
const atHello =
  (bytes: (id: number) => Buffer, again?: Buffer): Serve =>
  (socket) => {
    socket.once('data', (given) => {
      socket.write(bytes(asked(given).id));
      if (again) pump(socket, again);
    });
  };
const atFind = (bytes: (id: number) => Buffer): Serve =>
  greets((socket, { id, command }) =>
    socket.write('find' in command || 'query' in command ? bytes(id) : reply(id, { ok: 1 })),
  );

const nested = (depth: number): Buffer => {
  let document: Buffer = Buffer.from([5, 0, 0, 0, 0]);
  for (let level = 0; level < depth; level += 1)
    document = Buffer.concat([le32(document.length + 8), Buffer.from([3, 97, 0]), document, Buffer.alloc(1)]);
  return document;
};
/** What is no document where a document's length says so. */
const lying = (length: number): Buffer => Buffer.concat([le32(length), Buffer.from([1, 97, 0]), Buffer.alloc(9)]);
const compressed = (id: number, said: number, held: Buffer): Buffer =>
  Buffer.concat([le32(25 + held.length, 1, id, COMPRESSED, MESSAGE, said), Buffer.from([2]), held]);
/** Packed here and now: it takes seconds, in which this process would answer nobody. */
const BOMB = deflateSync(Buffer.alloc(300_000_000), { level: 1 });
const JUNK = Buffer.alloc(64 * 1024, 'x');
const BROKEN: readonly Outcome[] = ['store_unreachable', 'timed_out', 'threw'];
const TOO_MUCH: readonly Outcome[] = ['out_of_memory', 'quota_exceeded', 'timed_out'];
const batch = (id: number) =>
  reply(id, {
    ok: 1,
    cursor: {
      id: BSON.Long.fromNumber(7),
      ns: 'd.c',
      nextBatch: [{ pad: 'x'.repeat(1e6) }],
      firstBatch: [{ pad: 'x' }],
    },
  });

const body = (driver: string, user = '') =>
  `const client = new (require('${driver}').MongoClient)('mongodb://${user}127.0.0.1:' + PORT + '/d?compressors=zlib', { serverSelectionTimeoutMS: 800, connectTimeoutMS: 800, socketTimeoutMS: 1000, useUnifiedTopology: true });
   try { await client.connect(); return (await client.db('d').collection('c').find({}).toArray()).length } finally { await Promise.race([client.close(), new Promise((done) => setTimeout(done, 200))]) }`;

describe.each(['mongodb', 'mongodb@7', 'mongodb@3'])('%s and a server', (driver) => {
  const options = driver === 'mongodb@7' ? body(driver).replace(', useUnifiedTopology: true', '') : body(driver);
  const given = { memoryLimitBytes: 96 * 1024 * 1024 };

  it.each<readonly [what: string, serve: Serve, outcomes: readonly Outcome[]]>([
    ['that is silent', () => {}, ['store_unreachable', 'timed_out']],
    ['that drips its greeting', (socket) => drip(socket, le32(100)), ['store_unreachable', 'timed_out']],
    ['that announces 2 GB', atHello(() => le32(0x7fffffff, 1, 1, MESSAGE), JUNK), [...BROKEN, ...TOO_MUCH]],
    ['that announces a negative length', atHello(() => le32(-5, 1, 1, MESSAGE), JUNK), BROKEN],
    ['that announces a length of nothing', atHello(() => le32(0, 1, 1, MESSAGE)), [...BROKEN, ...TOO_MUCH]],
    [
      'that sends 48 MB for every greeting',
      atHello((id) => le32(48_000_000, 1, id, MESSAGE), JUNK),
      [...BROKEN, ...TOO_MUCH],
    ],
    ['that sends garbage', (socket) => pump(socket, JUNK), [...BROKEN, ...TOO_MUCH]],
    [
      'that says that it has 100,000 members',
      greets(() => {}, {
        ...HELLO,
        setName: 's',
        me: 'x:1',
        hosts: Array.from({ length: 100_000 }, (_, n) => `h${n}.test:1`),
      }),
      [...BROKEN, ...TOO_MUCH, 'egress_denied'],
    ],
    ['whose document is longer than its message', atFind((id) => raw(id, lying(0x7fffffff))), BROKEN],
    ['whose document has a negative length', atFind((id) => raw(id, lying(-5))), BROKEN],
    // A deep stack is enough for it.
    ['whose document is nested 10,000 deep', atFind((id) => raw(id, nested(10_000))), [...BROKEN, 'completed']],
    ['whose compressed answer is a bomb', atFind((id) => compressed(id, 40_000_000, BOMB)), [...BROKEN, ...TOO_MUCH]],
    ['whose compressed answer is not', atFind((id) => compressed(id, 100, Buffer.from('junk'))), BROKEN],
    ['whose cursor never ends', greets((socket, { id }) => socket.write(batch(id))), TOO_MUCH],
    ['that never answers a question', greets(() => {}), ['store_unreachable', 'timed_out']],
  ])('%s is contained', async (_what, serve, outcomes) => {
    await scene.attack({ serve, body: options, outcomes, given: { ...given, timeoutMs: 4_000 } });
  });

  it.each([2_000_000_000, 9_999_999])('that wants a costly SCRAM does not get the work: %i rounds', async (rounds) => {
    const serve = greets((socket, { id, command }) => {
      const payload = command.payload instanceof BSON.Binary ? Buffer.from(command.payload.buffer).toString() : '';
      const nonce = /r=([^,]+)/.exec(payload)?.[1];
      const answer = Buffer.from(`r=${nonce}x,s=c2FsdHNhbHRzYWx0c2FsdA==,i=${rounds}`);
      socket.write(reply(id, { ok: 1, conversationId: 1, done: false, payload: new BSON.Binary(answer) }));
    });
    const login = options
      .replace('mongodb://', "mongodb://u:' + PASSWORD + '@")
      .replace('/d?', '/d?authMechanism=SCRAM-SHA-256&authSource=admin&');
    const outcomes: Outcome[] = ['quota_exceeded', 'store_unreachable', 'timed_out', 'threw'];
    const { heard } = await scene.attack({ serve, body: login, outcomes, given });
    expect(heard.toString('latin1')).not.toContain(PASSWORD);
  });

  it('that says the password back, in a message without measure, is masked and cut', async () => {
    const errmsg = `password ${PASSWORD} is wrong ${'and so on '.repeat(200_000)}`;
    const serve = atFind((id) => reply(id, { ok: 0, code: 13, codeName: 'Unauthorized', errmsg }));
    const { error } = await scene.attack({ serve, body: options, outcomes: ['threw'], given });
    expect(error?.message).toContain('password [masked] is wrong');
  });
});
