import type { Stage } from '../double-options.ts';
import type { SqlQuery, SqlReply } from '../query.ts';
import { runBatch } from '../tables/run-batch.ts';
import { wireType } from '../types/wire-type.ts';
import { type Message, PACKET } from '../wire/packets.ts';
import { ENVIRONMENT, writeEnvironmentText, writeReturnStatus, writeReturnValue } from '../wire/tokens.ts';
import { type Played, playSteps } from './play-steps.ts';
import { declaredByName, isDriversOwn, type Request, readRequest, valuesByName } from './read-request.ts';
import { createReply, type Reply } from './reply.ts';
import type { ServerContext } from './server-context.ts';
import { resetSession, type SessionState } from './session-state.ts';
import { unlessAborted, wait } from './wait.ts';

/** The connection that answers go to. */
export type Peer = {
  send: (bytes: Buffer) => Promise<void>;
  drop: (how: 'close' | 'reset') => void;
  /** Nothing is answered any more, not even a cancel. */
  silence: () => void;
};

const WRONG_TRANSACTION = {
  number: 3989,
  message: 'New request is not allowed to start because it should come with valid transaction descriptor.',
};

/** Answers a batch or a call, unless the client cancels it: then the reply ends early. */
export const answerRequest = async (
  message: Message,
  server: ServerContext,
  session: { state: SessionState; peer: Peer },
  signal: AbortSignal,
): Promise<void> => {
  const { state, peer } = session;
  const kind = message.type === PACKET.batch ? 'batch' : 'call';
  const reply = createReply(state, kind, server.serverName, peer.send);
  if (message.reset !== 'no') {
    resetSession(state);
    writeEnvironmentText(reply.writer, ENVIRONMENT.reset, '', '');
  }
  const request = readRequest(message, state);
  if (request.descriptor !== state.transactions.descriptor()) return refuse(reply, WRONG_TRANSACTION);
  if ('refusal' in request) return refuse(reply, request.refusal);
  note(request, server, state);
  const isStruck = (stage: Stage | undefined): boolean => stage === 'query' && !isDriversOwn(request);
  if (isStruck(server.behaviour.dropAt)) return peer.drop('close');
  if (isStruck(server.behaviour.silentAt)) return peer.silence();
  await wait(server.behaviour.delayMs, signal);
  const played = await play(request, server, { state, reply }, signal);
  if (played.drop !== undefined) {
    await reply.flush();
    return peer.drop(played.drop);
  }
  await reply.finish(() => writeTail(request, played, reply));
};

const refuse = async (reply: Reply, error: { number: number; message: string }): Promise<void> => {
  reply.error(error);
  await reply.finish(() => writeReturnStatus(reply.writer, error.number));
};

const note = (request: Request, server: ServerContext, state: SessionState): void =>
  void server.requests.push({
    session: state.id,
    kind: request.kind,
    sql: request.procedure ?? request.sql,
    parameters: valuesByName(request.parameters),
    inTransaction: state.transactions.isOpen(),
  });

const play = async (
  request: Request,
  server: ServerContext,
  { state, reply }: { state: SessionState; reply: Reply },
  signal: AbortSignal,
): Promise<Played> => {
  const nothing: Played = { outputs: {}, returnStatus: 0 };
  if (!request.execute) return nothing;
  try {
    const steps = await decide(request, server, state, signal);
    return steps === undefined ? nothing : await playSteps(steps, reply, state, signal);
  } catch (error) {
    // A handler that fails, or gives what does not fit its columns, is the test's mistake: say so where it is seen.
    reply.error({ number: 50000, message: `The double's handler failed: ${String(error)}` });
    return nothing;
  }
};

const decide = async (
  request: Request,
  server: ServerContext,
  state: SessionState,
  signal: AbortSignal,
): Promise<SqlReply | undefined> => {
  const query: SqlQuery = {
    sql: request.sql,
    procedure: request.procedure,
    parameters: valuesByName(request.parameters),
    declared: declaredByName(request.parameters),
    inTransaction: state.transactions.isOpen(),
    signal,
  };
  const handled = isDriversOwn(request) ? undefined : server.behaviour.handler?.(query);
  const reply = await unlessAborted(handled, signal);
  if (reply !== undefined || signal.aborted) return reply;
  if (request.procedure !== undefined) {
    return { error: { number: 2812, message: `Could not find stored procedure '${request.procedure}'.`, state: 62 } };
  }
  return runBatch(request.sql, { tables: server.tables, parameters: request.parameters, session: state });
};

const writeTail = (request: Request, played: Played, reply: Reply): void => {
  writeReturnStatus(reply.writer, reply.errorNumber() || played.returnStatus);
  if (request.newHandle) {
    const { name, value } = request.newHandle;
    const type = { name: 'int', length: 0, precision: 0, scale: 0 } as const;
    writeReturnValue(reply.writer, { ordinal: 0, name, type: wireType(type, true), value });
  }
  request.parameters.forEach(({ name, output, type, value }, ordinal) => {
    if (!output) return;
    const result = name in played.outputs ? played.outputs[name] : value;
    writeReturnValue(reply.writer, { ordinal, name, type: wireType(type, true), value: result });
  });
};
