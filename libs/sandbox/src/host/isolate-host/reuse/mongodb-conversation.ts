/** What goes to and fro on one connection to MongoDB: who is let in, and what is under way. */
import { type BsonField, bsonFields, bsonNumber } from './bson-fields.ts';
import {
  createMongodbReader,
  EXHAUST_ALLOWED,
  MORE_TO_COME,
  type MongodbMessage,
  OP_MSG,
  OP_QUERY,
  OP_REPLY,
} from './mongodb-messages.ts';

export type MongodbConversation = {
  onWrite(bytes: Buffer): void;
  onData(bytes: Buffer): void;
  /** Whether the driver is let in, nothing is under way but what it does not wait for, and nothing went wrong. */
  isInOrder(): boolean;
  /** Whether the server has said that it is not what it was. */
  isChanged(): boolean;
  /** What the server has said of itself to begin with. */
  hello(): Buffer | undefined;
  /** Fields that go with every command where the client has bound itself to a version of the server's interface. */
  apiFields(): readonly Buffer[];
  /** Commands that wait for their answers, by their ids; taken as answered by `settle`. */
  readonly waiting: ReadonlyMap<number, string>;
  settle(): void;
};

type Fields = ReadonlyMap<string, BsonField>;

const HELLO = /^(?:hello|ismaster)$/i;
const LOGIN = /^(?:saslStart|saslContinue)$/;
/** Commands after which the connection is let in as somebody else. */
const LASTING = /^(?:authenticate|logout)$/i;
const END_OF_TRANSACTION = /^(?:commitTransaction|abortTransaction)$/;
const API_FIELDS = ['apiVersion', 'apiStrict', 'apiDeprecationErrors'];
/** Not primary any more, shutting down, starting. */
const CHANGED = new Set([91, 189, 10058, 10107, 11600, 11602, 13435, 13436]);

/** `needsLogin`: nobody is let in before a login has succeeded. */
export function createMongodbConversation(needsLogin: boolean): MongodbConversation {
  let isLost = false;
  let isOpen = false;
  let isLetIn = !needsLogin;
  let isChanged = false;
  let hasTransaction = false;
  let apiFields: Buffer[] = [];
  let hello: Buffer | undefined;
  const waiting = new Map<number, string>();

  const isFit = ({ opcode, flags }: MongodbMessage, name: string): boolean => {
    if (opcode !== OP_MSG && (isOpen || opcode !== OP_QUERY)) return false;
    if ((flags & EXHAUST_ALLOWED) !== 0 || LASTING.test(name) || waiting.size > 0) return false;
    return isOpen ? !(LOGIN.test(name) && isLetIn) : HELLO.test(name);
  };
  const fromDriver = createMongodbReader((message) => {
    const fields = bsonFields(message.document);
    const [name = ''] = fields.keys();
    if (!isFit(message, name)) isLost = true;
    if (!isOpen) apiFields = API_FIELDS.flatMap((field) => fields.get(field)?.bytes ?? []);
    isOpen = true;
    if (bsonNumber(fields.get('startTransaction')) === 1) hasTransaction = true;
    if ((message.flags & MORE_TO_COME) === 0) waiting.set(message.id, name);
  });
  const onAnswered = (name: string, fields: Fields, document: Buffer): void => {
    const isFine = bsonNumber(fields.get('ok')) === 1;
    if (hello === undefined) {
      if (!isFine || document.readUInt32LE(0) !== document.length) isLost = true;
      hello = Buffer.from(document);
    } else if (LOGIN.test(name)) {
      if (!isFine) isLost = true;
      else if (bsonNumber(fields.get('done')) === 1) isLetIn = true;
    } else if (END_OF_TRANSACTION.test(name) && isFine) hasTransaction = false;
  };
  const fromServer = createMongodbReader(({ responseTo, opcode, flags, document }) => {
    const name = waiting.get(responseTo);
    const isReply = opcode === OP_MSG || (opcode === OP_REPLY && hello === undefined);
    if (name === undefined || !isReply || (flags & MORE_TO_COME) !== 0) {
      isLost = true;
      return;
    }
    const fields = bsonFields(document);
    waiting.delete(responseTo);
    if (CHANGED.has(bsonNumber(fields.get('code')) ?? 0) || fields.has('writeConcernError')) isChanged = true;
    onAnswered(name, fields, document);
  });
  /** What a driver sends at its end, and does not wait for. */
  const isAtItsEnd = (): boolean => [...waiting.values()].every((name) => name === 'endSessions');

  return {
    waiting,
    settle: () => waiting.clear(),
    isChanged: () => isChanged,
    hello: () => hello,
    apiFields: () => apiFields,
    isInOrder() {
      if (isLost || isChanged || hasTransaction || !isLetIn || hello === undefined || !isAtItsEnd()) return false;
      return fromDriver.isBetween() && fromServer.isBetween();
    },
    onWrite: (bytes) => void (isLost || fromDriver.push(bytes)),
    onData: (bytes) => void (isLost || fromServer.push(bytes)),
  };
}
