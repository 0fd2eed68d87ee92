/**
 * MongoDB. What belongs to a client in a server (sessions, cursors, transactions) does not belong to its connections; a
 * connection is its login, and that there is nothing under way. Nothing is played back by bytes, as a login by SCRAM differs
 * every time: the driver is told that it is let in, and what the server last said of itself.
 */
import type { Follower } from './follower.ts';
import { createMongodbConversation } from './mongodb-conversation.ts';
import { greetMongodb, type MongodbHello } from './mongodb-reset.ts';
import { createTlsOpening } from './tls-opening.ts';

/** `needsLogin`: nobody is let in before a login has succeeded. */
export function createMongodbFollower(needsLogin: boolean): Follower {
  const opening = createTlsOpening();
  const conversation = createMongodbConversation(needsLogin);
  let last: MongodbHello | undefined;

  return {
    ...opening.steps,
    onWrite(bytes) {
      if (opening.phase() === 'replaying') return 'broken';
      opening.noteSpeech();
      conversation.onWrite(bytes);
      return 'send';
    },
    onData(bytes) {
      opening.noteSpeech();
      conversation.onData(bytes);
    },
    welcome: () => last && { bytes: last.document, ageMs: performance.now() - last.atMs, rttMs: last.rttMs },
    isInOrder: () => opening.phase() === 'open' && conversation.isInOrder() && opening.isWhole(),
    isSpoilt: () => conversation.isChanged(),
    async reset(socket) {
      const hello = conversation.hello();
      if (hello === undefined) return false;
      const greeting = { hello: last?.document ?? hello, apiFields: conversation.apiFields() };
      last = await greetMongodb(socket, greeting, new Set(conversation.waiting.keys()));
      conversation.settle();
      return last !== undefined;
    },
  };
}
