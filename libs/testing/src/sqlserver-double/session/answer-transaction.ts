import type { Message } from '../wire/packets.ts';
import { readTransactionRequest, type TransactionRequest } from '../wire/transaction-request.ts';
import { createReply } from './reply.ts';
import type { ServerContext } from './server-context.ts';
import type { SessionState } from './session-state.ts';
import type { TransactionChange } from './transactions.ts';

type Failure = { number: number; message: string };

const NO_TRANSACTION = {
  commit: { number: 3902, message: 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.' },
  rollback: { number: 3903, message: 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.' },
  save: { number: 628, message: 'Cannot issue SAVE TRANSACTION when there is no active transaction.' },
};

const carryOut = (request: TransactionRequest, state: SessionState): TransactionChange | Failure | undefined => {
  const { transactions } = state;
  if (request.kind === 'begin') return transactions.begin();
  if (!transactions.isOpen()) return NO_TRANSACTION[request.kind];
  if (request.kind === 'commit') return transactions.commit();
  if (request.kind === 'save') return void transactions.save(request.name);
  return request.name !== '' && transactions.rollbackTo(request.name) ? undefined : transactions.rollback();
};

/** Answers a transaction manager request. */
export const answerTransaction = async (
  message: Message,
  server: ServerContext,
  state: SessionState,
  send: (bytes: Buffer) => Promise<void>,
): Promise<void> => {
  const reply = createReply(state, 'batch', server.serverName, send);
  const request = readTransactionRequest(message.payload);
  if (request === undefined) {
    reply.error({ number: 50000, message: 'The SQL Server double knows no distributed transactions.' });
    return reply.finish();
  }
  const inTransaction = state.transactions.isOpen();
  server.requests.push({ session: state.id, kind: 'transaction', sql: request.kind, parameters: {}, inTransaction });
  const outcome = carryOut(request, state);
  if (outcome !== undefined && 'number' in outcome) reply.error(outcome);
  else reply.transaction(outcome);
  await reply.finish();
};
