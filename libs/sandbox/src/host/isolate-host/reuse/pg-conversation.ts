/** Where the messages of a PostgreSQL session stand, once it is let in. */
import { createMessageReader } from './messages.ts';
import { createPgStatements } from './pg-statements.ts';

/** Messages of the driver that the server answers with its readiness, and those that leave it waiting for one of them. */
const ANSWERED = new Set(['Q', 'S', 'F']);
const UNFINISHED = new Set(['P', 'B', 'D', 'E', 'C', 'H', 'd', 'f']);
const NO_TRANSACTION = 0x49;

export type PgConversation = {
  onWrite(bytes: Buffer): void;
  onData(bytes: Buffer): void;
  /** Whether all was asked and answered, and nothing of it outlasts `DISCARD ALL`. */
  isInOrder(): boolean;
};

export function createPgConversation(): PgConversation {
  const statements = createPgStatements();
  /** How often the server still has to say that it is ready, and whether it was in no transaction when it last did. */
  let owed = 0;
  let isIdle = true;
  let isUnfinished = false;
  /** The server was ready more often than it was asked: nobody knows which question it has answered. */
  let isAhead = false;

  const fromDriver = createMessageReader((kind, first) => {
    statements.begin(kind, first);
    if (ANSWERED.has(kind)) owed += 1;
    isUnfinished = UNFINISHED.has(kind) || (isUnfinished && !ANSWERED.has(kind));
  }, statements.add);
  const fromServer = createMessageReader((kind, status) => {
    if (kind !== 'Z') return;
    isAhead ||= owed === 0;
    owed -= 1;
    isIdle = status === NO_TRANSACTION;
  });
  return {
    onWrite: fromDriver.push,
    onData: fromServer.push,
    isInOrder() {
      const isQuiet =
        owed === 0 && !isAhead && isIdle && !isUnfinished && fromDriver.isBetween() && fromServer.isBetween();
      return isQuiet && !statements.haveNamedSetting();
    },
  };
}
