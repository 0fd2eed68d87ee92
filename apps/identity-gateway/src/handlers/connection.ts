import {
  type DisableConnectionRequest,
  type EnableConnectionRequest,
  type GetConnectionRequest,
  ListScriptRunsRequest,
  type ScriptRun,
  type ScriptState,
} from '@userferry/contracts/management/v1/connection_service';
import type { Handler } from '@userferry/grpc';
import { actionOfNumber } from '@userferry/script-contract';
import type { ConnectionStore, VisibleConnection } from '../clients/connection-store.ts';
import type { HistoryStore } from '../clients/history-store.ts';
import { scriptHealth } from './script-health.ts';

type OfPool = GetConnectionRequest | EnableConnectionRequest | DisableConnectionRequest;
type ConnectionHandler = Handler<OfPool, { readonly connection: VisibleConnection }>;

export type GetConnectionDeps = {
  readonly store: Pick<ConnectionStore, 'getConnection'>;
  readonly history: Pick<HistoryStore, 'listScriptRuns'>;
};

/** Runs that are looked at for which scripts fail: one page of the log history. */
const RUNS_LOOKED_AT = 50;

/** A connection, and which of its scripts fail. */
export const getConnection =
  ({ store, history }: GetConnectionDeps): ConnectionHandler =>
  async ({ userPoolId }, call) => {
    const query = ListScriptRunsRequest.fromPartial({ userPoolId, pageSize: RUNS_LOOKED_AT });
    const [connection, { runs }] = await Promise.all([
      store.getConnection(userPoolId, call),
      history.listScriptRuns(query, call),
    ]);
    return { connection: { ...connection, scripts: connection.scripts.map(healthIn(runs, connection.version)) } };
  };

const healthIn =
  (runs: readonly ScriptRun[], version: bigint) =>
  (state: ScriptState): ScriptState => {
    const action = actionOfNumber(state.action);
    return action === undefined ? state : { ...state, ...scriptHealth(runs, version, action) };
  };

/** Switches a connection on or off; the very next login sees it. */
export const setConnectionEnabled =
  (store: Pick<ConnectionStore, 'setEnabled'>, enabled: boolean): ConnectionHandler =>
  async ({ userPoolId }, call) => {
    return { connection: await store.setEnabled(userPoolId, enabled, call) };
  };
