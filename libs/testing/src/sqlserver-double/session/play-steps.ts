import type { SqlReply, SqlStep } from '../query.ts';
import type { Reply } from './reply.ts';
import type { SessionState } from './session-state.ts';
import { untilAborted, wait } from './wait.ts';

/** What became of a reply: its end is to be written, or the connection is to end without one. */
export type Played = { outputs: Readonly<Record<string, unknown>>; returnStatus: number; drop?: 'close' | 'reset' };

const isSteps = (reply: SqlReply): reply is Iterable<SqlStep> | AsyncIterable<SqlStep> =>
  Symbol.iterator in reply || Symbol.asyncIterator in reply;

/** Turns a reply's steps into tokens, one after the other, until all are done or the client cancels. */
export const playSteps = async (
  steps: SqlReply,
  reply: Reply,
  state: SessionState,
  signal: AbortSignal,
): Promise<Played> => {
  const played: Played = { outputs: {}, returnStatus: 0 };
  for await (const step of untilAborted(isSteps(steps) ? steps : [steps], signal)) {
    const goesOn = await playStep(step, { reply, state, signal, played });
    if (!goesOn) break;
  }
  return played;
};

type Stage = { reply: Reply; state: SessionState; signal: AbortSignal; played: Played };

const playStep = async (step: SqlStep, { reply, state, signal, played }: Stage): Promise<boolean> => {
  if ('columns' in step) return playResultSet(step, { reply, state, signal, played });
  if ('rowsAffected' in step) reply.rowsAffected(step.rowsAffected);
  else if ('print' in step) reply.print(step.print);
  else if ('outputs' in step) played.outputs = { ...played.outputs, ...step.outputs };
  else if ('returnStatus' in step) played.returnStatus = step.returnStatus;
  else if ('transaction' in step) reply.transaction(state.transactions[step.transaction]());
  else if ('delayMs' in step) await wait(step.delayMs, signal);
  else if ('drop' in step) return drop(played, step.drop);
  else return playError(step.error, reply, state);
  return true;
};

const drop = (played: Played, how: 'close' | 'reset'): false => {
  played.drop = how;
  return false;
};

type ResultSet = Extract<SqlStep, { columns: unknown }>;

const playResultSet = async (step: ResultSet, stage: Stage): Promise<boolean> => {
  const { reply, signal, played } = stage;
  const count = await reply.resultSet(step, step.orderedBy ?? [], signal);
  if (step.thenDrop !== undefined) return drop(played, step.thenDrop);
  if (!signal.aborted) reply.rowsAffected(count);
  return !signal.aborted;
};

// With XACT_ABORT an error ends the transaction and the batch, and the client is told of the former.
const playError = (
  error: Extract<SqlStep, { error: unknown }>['error'],
  reply: Reply,
  state: SessionState,
): boolean => {
  const aborts = state.abortsOnError && state.transactions.isOpen();
  if (aborts) reply.transaction(state.transactions.rollback());
  reply.error(error);
  return !aborts;
};
