import { createTransactions, type Transactions } from './transactions.ts';

/** What the server keeps of one session after its login. */
export type SessionState = {
  readonly id: number;
  userName: string;
  database: string;
  tdsVersion: number;
  packetBytes: number;
  /** `SET NOCOUNT` the other way round. */
  countsRows: boolean;
  /** `SET XACT_ABORT`. */
  abortsOnError: boolean;
  lastIdentity: unknown;
  lastRowCount: number;
  readonly transactions: Transactions;
  readonly prepared: Map<number, { sql: string; declaration: string }>;
};

/** The smallest packets that TDS allows before a login has agreed on others. */
export const DEFAULT_PACKET_BYTES = 4096;

/** A session before its login. */
export const createSessionState = (id: number): SessionState => ({
  id,
  userName: '',
  database: 'master',
  tdsVersion: 0x74000004,
  packetBytes: DEFAULT_PACKET_BYTES,
  countsRows: true,
  abortsOnError: false,
  lastIdentity: null,
  lastRowCount: 0,
  transactions: createTransactions(),
  prepared: new Map(),
});

/** Forgets what a connection that goes back to its pool must not hand on. */
export const resetSession = (state: SessionState): void => {
  state.transactions.rollback();
  state.prepared.clear();
  Object.assign(state, { countsRows: true, abortsOnError: false, lastIdentity: null, lastRowCount: 0 });
};
