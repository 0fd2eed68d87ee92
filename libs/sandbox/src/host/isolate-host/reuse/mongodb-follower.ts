/**
 * MongoDB. What belongs to a client in a server (sessions, cursors, transactions) does not belong to its connections; a
 * connection is its login, and that there is nothing under way. Nothing is played back by bytes, as a login by SCRAM differs
 * every time: the driver is told that it is let in, and what the server last said of itself.
 */
import type { Follower } from './follower.ts';
import { createMongodbConversation } from './mongodb-conversation.ts';
import { greetMongodb, type MongodbHello } from './mongodb-reset.ts';
import { createTlsNote } from './tls-note.ts';

/** `needsLogin`: nobody is let in before a login has succeeded. */
export function createMongodbFollower(needsLogin: boolean): Follower {
  const tls = createTlsNote();
  const conversation = createMongodbConversation(needsLogin);
  let phase: 'open' | 'replaying' | 'lost' = 'open';
  let hasSpoken = false;
  let last: MongodbHello | undefined;

  return {
    farewell: Buffer.alloc(0),
    onWrite(bytes) {
      if (phase === 'replaying') return 'broken';
      hasSpoken = true;
      conversation.onWrite(bytes);
      return 'send';
    },
    onData(bytes) {
      hasSpoken = true;
      conversation.onData(bytes);
    },
    onTls(options) {
      if (phase === 'replaying') return tls.isSame(options);
      if (hasSpoken || tls.isThere) phase = 'lost';
      tls.note(options);
      return true;
    },
    onSecure: tls.onSecure,
    replay() {
      phase = tls.isThere ? 'replaying' : 'open';
      return Buffer.alloc(0);
    },
    replaySecure() {
      if (phase !== 'replaying' || tls.info === undefined) return undefined;
      phase = 'open';
      return { info: tls.info, bytes: Buffer.alloc(0) };
    },
    welcome: () => last && { bytes: last.document, ageMs: performance.now() - last.atMs, rttMs: last.rttMs },
    isInOrder: () => phase === 'open' && conversation.isInOrder && (!tls.isThere || tls.isWhole),
    isSpoilt: () => conversation.isChanged,
    async reset(socket) {
      const { hello, apiFields, waiting } = conversation;
      if (hello === undefined) return false;
      last = await greetMongodb(socket, { hello: last?.document ?? hello, apiFields }, new Set(waiting.keys()));
      conversation.settle();
      return last !== undefined;
    },
  };
}
