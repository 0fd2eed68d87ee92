/**
 * SQL Server (TDS): notes the driver's login and its first settings, and what the server said to them. They are played back
 * to a driver that says the same again. In between, the server itself puts the session back, as it does for pools: the
 * settings are sent once more, marked to reset the session first (MS-TDS 2.2.3.1.2).
 */
import type { Socket } from 'node:net';
import type { Follower, Written } from './follower.ts';
import { createTdsReader, IGNORED, RESET_CONNECTION, TDS, type TdsMessage, tdsPayload } from './tds-messages.ts';
import { CHANGE, readTdsAnswer } from './tds-tokens.ts';
import { createTlsNote } from './tls-note.ts';

type Exchange = { readonly asked: Buffer; readonly answer: Buffer };

const BEGIN_TRANSACTION = 5;
const ENDS_OF_TRANSACTION = [7, 8];
const REQUESTS = new Set<number>([TDS.batch, TDS.call, TDS.bulk, TDS.transaction]);

/** What is asked of a transaction, behind headers that tell their length. */
function transactionRequest(start: Buffer): number | undefined {
  const at = start.length >= 4 ? start.readUInt32LE(0) : Number.POSITIVE_INFINITY;
  return at + 2 <= start.length ? start.readUInt16LE(at) : undefined;
}

/** `settings` as the driver has sent them after its login; `processId` is the server's. Needs the socket to flow. */
export function resetTdsSession(socket: Socket, settings: Buffer, processId: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let isAnswered = false;
  const reader = createTdsReader((message) => {
    const answer = message.packets && readTdsAnswer(tdsPayload(message.packets));
    const isMeant = message.type === TDS.answer && message.processId === processId && !isAnswered;
    isAnswered = true;
    if (!isMeant || !answer?.isFine || !answer.changes.has(CHANGE.reset)) resolve(false);
  });
  const onData = (bytes: Buffer): void => {
    reader.push(bytes);
    if (reader.isLost()) resolve(false);
    else if (isAnswered) resolve(reader.isBetween());
  };
  const onClose = (): void => resolve(false);
  const marked = Buffer.from(settings);
  marked[1] = (marked[1] as number) | RESET_CONNECTION;
  socket.on('data', onData).on('close', onClose);
  socket.write(marked);
  return promise.finally(() => void socket.off('data', onData).off('close', onClose));
}

/** Follows a session from its login on; `lost` from the first thing that is not as it should be. */
function createTdsConversation() {
  const exchanges: Exchange[] = [];
  let isLost = false;
  let hasTransaction = false;
  let processId = 0;
  /** The request that waits for its answer. */
  let asked: TdsMessage | undefined;

  const isExpected = ({ type, status }: TdsMessage): boolean => {
    if (asked !== undefined || (status & IGNORED) !== 0) return false;
    if (exchanges.length === 0) return type === TDS.prelogin || type === TDS.login;
    return exchanges.length === 1 ? type === TDS.batch : REQUESTS.has(type);
  };
  const fromDriver = createTdsReader((message) => {
    if (!isExpected(message)) isLost = true;
    const request = message.type === TDS.transaction ? transactionRequest(message.start) : undefined;
    if (request === BEGIN_TRANSACTION) hasTransaction = true;
    else if (request !== undefined && ENDS_OF_TRANSACTION.includes(request)) hasTransaction = false;
    asked = message;
  });
  /** The first two exchanges, login and settings, are noted. */
  const note = (request: TdsMessage, { packets }: TdsMessage): void => {
    const answer = packets && readTdsAnswer(tdsPayload(packets));
    const isLogin = exchanges.length === 0;
    const isFine = answer?.isFine === true && answer.hasLoginAck === isLogin && !answer.changes.has(CHANGE.routing);
    if (packets === undefined || request.packets === undefined || !isFine) isLost = true;
    else exchanges.push({ asked: request.packets, answer: packets });
  };
  const fromServer = createTdsReader((message) => {
    const request = asked;
    asked = undefined;
    const isHandshake = request?.type === TDS.prelogin;
    if (request === undefined || !(message.type === TDS.answer || isHandshake)) isLost = true;
    else if (!isHandshake && exchanges.length < 2) note(request, message);
    if (!isHandshake) processId = message.processId;
  });
  return {
    exchanges: exchanges as readonly Exchange[],
    processId: () => processId,
    isInOrder() {
      const isQuiet = asked === undefined && fromDriver.isBetween() && fromServer.isBetween();
      return isQuiet && !isLost && !hasTransaction && exchanges.length === 2;
    },
    onWrite: (bytes: Buffer) => void (isLost || fromDriver.push(bytes)),
    onData: (bytes: Buffer) => void (isLost || fromServer.push(bytes)),
  };
}

export function createTdsFollower(): Follower {
  const tls = createTlsNote();
  const conversation = createTdsConversation();
  let phase: 'open' | 'securing' | 'replaying' | 'lost' = 'open';
  let hasSpoken = false;
  let expected: Exchange[] = [];
  let said: Buffer = Buffer.alloc(0);
  let answer: Buffer | undefined;

  const onReplayed = (bytes: Buffer): Written => {
    said = Buffer.concat([said, bytes]);
    const [next] = expected;
    if (next === undefined || !next.asked.subarray(0, said.length).equals(said)) {
      phase = 'lost';
      return 'broken';
    }
    if (said.length < next.asked.length) return 'swallow';
    said = Buffer.alloc(0);
    answer = next.answer;
    expected.shift();
    if (expected.length === 0) phase = 'open';
    return 'swallow';
  };
  const begin = (): void => {
    phase = 'replaying';
    expected = [...conversation.exchanges];
    said = Buffer.alloc(0);
  };

  return {
    farewell: Buffer.alloc(0),
    onWrite(bytes) {
      hasSpoken = true;
      if (phase === 'replaying') return onReplayed(bytes);
      if (phase === 'securing') return 'broken';
      conversation.onWrite(bytes);
      return 'send';
    },
    onData(bytes) {
      hasSpoken = true;
      if (phase === 'open') conversation.onData(bytes);
    },
    onTls(options) {
      if (phase === 'securing') return tls.isSame(options);
      if (hasSpoken || tls.isThere()) phase = 'lost';
      tls.note(options);
      return true;
    },
    onSecure: tls.onSecure,
    replay() {
      if (tls.isThere()) phase = 'securing';
      else begin();
      return Buffer.alloc(0);
    },
    replaySecure() {
      const info = tls.info();
      if (phase !== 'securing' || info === undefined) return undefined;
      begin();
      return { info, bytes: Buffer.alloc(0) };
    },
    takeAnswer() {
      const taken = answer;
      answer = undefined;
      return taken;
    },
    welcome: () => ({ bytes: Buffer.alloc(0), ageMs: 0, rttMs: 0 }),
    isInOrder: () => phase === 'open' && conversation.isInOrder() && (!tls.isThere() || tls.isWhole()),
    async reset(socket) {
      const [, settings] = conversation.exchanges;
      return settings !== undefined && resetTdsSession(socket, settings.asked, conversation.processId());
    },
  };
}
