/** Asks a MongoDB server on a connection that no run has whether it is still what it was. */
import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { type BsonField, bsonDocument, bsonFields, bsonInt, bsonNumber, bsonText, bsonTrue } from './bson-fields.ts';
import { createMongodbReader, MORE_TO_COME, mongodbCommand, OP_MSG } from './mongodb-messages.ts';

/** What a server says of itself; `rttMs` is how long its answer took. */
export type MongodbHello = { readonly document: Buffer; readonly atMs: number; readonly rttMs: number };

/** What is known of a connection from its opening. */
export type MongodbOpening = {
  readonly hello: Buffer;
  /** Fields that go with every command where the client has bound itself to a version of the server's interface. */
  readonly apiFields: readonly Buffer[];
};

/** By which one server is told from another, and what it is in its set. */
const SAME = ['connectionId', 'setName', 'me', 'msg', 'secondary', 'arbiterOnly'];
const ANSWER_BYTES_MAX = 16 * 1024;

const bytesOf = (field: BsonField | undefined): string => field?.bytes.toString('base64') ?? '';

type Fields = ReadonlyMap<string, BsonField>;

const isPrimary = (fields: Fields): boolean =>
  bsonNumber(fields.get('isWritablePrimary') ?? fields.get('ismaster')) === 1;

/** Whether an answer comes from the same server in the same role. */
function isSame(before: Buffer, now: Buffer): boolean {
  const [old, given] = [bsonFields(before), bsonFields(now)];
  if (isPrimary(old) !== isPrimary(given)) return false;
  return SAME.every((name) => bytesOf(old.get(name)) === bytesOf(given.get(name)));
}

const isFine = (document: Buffer): boolean => bsonNumber(bsonFields(document).get('ok')) === 1;

/**
 * Says hello once more. `owed` are the answers that may come before: to what the driver sent without waiting. Needs the
 * socket to flow, and to itself; undefined where the answer is not what it should be.
 */
export function greetMongodb(
  socket: Socket,
  { hello, apiFields }: MongodbOpening,
  owed: ReadonlySet<number>,
): Promise<MongodbHello | undefined> {
  const { promise, resolve } = Promise.withResolvers<MongodbHello | undefined>();
  const waiting = new Set(owed);
  const id = randomInt(2 ** 30, 2 ** 31 - 1);
  const askedAtMs = performance.now();
  const name = bsonFields(hello).has('helloOk') ? 'hello' : 'isMaster';
  let answer: Buffer | undefined;
  const reader = createMongodbReader(({ responseTo, opcode, flags, document }) => {
    const isWhole = document.length < ANSWER_BYTES_MAX && document.readUInt32LE(0) === document.length;
    if (opcode !== OP_MSG || (flags & MORE_TO_COME) !== 0 || answer !== undefined || !isWhole) resolve(undefined);
    else if (responseTo === id && waiting.size === 0) answer = document;
    else if (!waiting.delete(responseTo)) resolve(undefined);
  });
  const onData = (bytes: Buffer): void => {
    reader.push(bytes);
    if (reader.isLost()) resolve(undefined);
    if (answer === undefined || !reader.isBetween()) return;
    const nowMs = performance.now();
    const isGood = isFine(answer) && isSame(hello, answer);
    resolve(isGood ? { document: answer, atMs: nowMs, rttMs: nowMs - askedAtMs } : undefined);
  };
  const onClose = (): void => resolve(undefined);
  socket.on('data', onData).on('close', onClose);
  const command = [bsonInt(name, 1), bsonTrue('helloOk'), ...apiFields, bsonText('$db', 'admin')];
  socket.write(mongodbCommand(id, bsonDocument(command)));
  return promise.finally(() => void socket.off('data', onData).off('close', onClose));
}
