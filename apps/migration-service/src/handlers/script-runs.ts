import type {
  AppendScriptRunsRequest,
  AppendScriptRunsResponse,
  ListScriptRunsRequest,
  ListScriptRunsResponse,
  PoolRun,
} from '@userferry/contracts/migration/v1/history_service';
import { type Handler, timeField } from '@userferry/grpc';
import { outcomeOfNumber } from '@userferry/script-contract';
import type { RunQuery, StoredRun, UserStore } from '@userferry/user-store';
import { invalidField, pageOf, storable } from './fields.ts';
import { actionOf } from './wire-connection.ts';
import { toStoredRun, wireRun } from './wire-run.ts';

const byPool = (runs: readonly PoolRun[]): ReadonlyMap<string, readonly StoredRun[]> => {
  const pools = new Map<string, StoredRun[]>();
  for (const { userPoolId, run } of runs) {
    const stored = toStoredRun(run);
    if (stored !== undefined) pools.set(userPoolId, [...(pools.get(userPoolId) ?? []), stored]);
  }
  return pools;
};

/** Adds runs to the log history; all are looked at before one is kept. */
export const appendScriptRuns =
  ({ scriptRuns }: UserStore): Handler<AppendScriptRunsRequest, AppendScriptRunsResponse> =>
  async ({ runs }) => {
    for (const [userPoolId, stored] of byPool(runs)) await scriptRuns.append(userPoolId, stored);
    return {};
  };

const outcomeOf = (wire: number) => {
  const outcome = outcomeOfNumber(wire);
  if (outcome === undefined) throw invalidField('outcome', 'must be one of the outcomes of a run');
  return outcome;
};

const queryOf = (wire: NonNullable<ListScriptRunsRequest['query']>): RunQuery => {
  const { userPoolId, action, outcome, failedOnly, requestId, since, until } = wire;
  return {
    userPoolId,
    ...(action !== 0 && { action: actionOf(action) }),
    ...(outcome !== 0 && { outcome: outcomeOf(outcome) }),
    failedOnly,
    ...(requestId !== '' && { requestId: storable('request_id', requestId) }),
    since: timeField('since', since),
    until: timeField('until', until),
  };
};

/** The newest first. */
export const listScriptRuns =
  ({ scriptRuns }: UserStore): Handler<ListScriptRunsRequest, ListScriptRunsResponse> =>
  async ({ query }) => {
    if (query === undefined) throw invalidField('query', 'is missing');
    const { items, nextPageToken } = await scriptRuns.list(queryOf(query), pageOf(query));
    return { runs: items.map(wireRun), nextPageToken };
  };
