import type {
  ConflictResolution,
  IdentifierConflict,
  ListScriptRunsRequest,
  Tombstone,
  ScriptRun as WireRun,
} from '@userferry/contracts/management/v1/connection_service';
import type { AuditEntry } from '@userferry/contracts/management/v1/user_pool_service';
import { HistoryServiceClient } from '@userferry/contracts/migration/v1/history_service';
import type { CallContext, CallFacts, ClientTls } from '@userferry/grpc';
import { actionNumber, outcomeNumber } from '@userferry/script-contract';
import type { ExternalId } from '@userferry/user-model';
import type { EndedRun } from '../history/ended-run.ts';
import { toWireExternalId } from './migration.ts';
import { createOwnClient } from './own-client.ts';

export type PoolPage = { readonly userPoolId: string; readonly pageSize: number; readonly pageToken: string };
type Paged<Name extends string, Row> = Promise<Record<Name, Row[]> & { readonly nextPageToken: string }>;

/** `date` as 2026-11-24, UTC. */
export type MigrationDay = {
  readonly date: string;
  readonly migrated: number;
  readonly logins: number;
  readonly legacyLogins: number;
};

/** What our store has counted: days that are absent had nothing to count. */
export type MigrationCounts = {
  readonly migrated: number;
  readonly unresolvedConflicts: number;
  readonly days: readonly MigrationDay[];
  readonly lastLegacyLoginAt: Date | undefined;
};

/** What happened in a pool; rows go on to the caller as they are. */
export type HistoryStore = Disposable & {
  readonly appendScriptRuns: (runs: readonly EndedRun[], call: CallContext) => Promise<void>;
  readonly listScriptRuns: (query: ListScriptRunsRequest, call: CallFacts) => Paged<'runs', WireRun>;
  readonly getMigrationCounts: (userPoolId: string, call: CallFacts) => Promise<MigrationCounts>;
  /** How many of these legacy ids have neither migrated nor been deleted here. */
  readonly countLeftBehind: (userPoolId: string, ids: readonly ExternalId[], call: CallFacts) => Promise<number>;
  readonly listTombstones: (page: PoolPage, call: CallFacts) => Paged<'tombstones', Tombstone>;
  readonly liftTombstone: (
    which: { readonly userPoolId: string; readonly tombstoneId: string },
    call: CallFacts,
  ) => Promise<void>;
  readonly listConflicts: (page: PoolPage, call: CallFacts) => Paged<'conflicts', IdentifierConflict>;
  readonly resolveConflict: (
    which: { readonly userPoolId: string; readonly conflictId: string; readonly resolution: ConflictResolution },
    call: CallFacts,
  ) => Promise<void>;
  readonly appendAuditEntry: (
    entry: { readonly userPoolId: string; readonly action: string; readonly target: string },
    call: CallFacts,
  ) => Promise<void>;
  readonly listAuditEntries: (page: PoolPage, call: CallFacts) => Paged<'entries', AuditEntry>;
};

const REPEATABLE = [
  'appendScriptRuns',
  'listScriptRuns',
  'getMigrationCounts',
  'countLeftBehind',
  'listTombstones',
  'listConflicts',
  'listAuditEntries',
];

export const createHistoryStore = (address: string, token: string, tls?: ClientTls): HistoryStore => {
  const client = createOwnClient(HistoryServiceClient, { address, token, tls, repeatable: REPEATABLE });
  return {
    appendScriptRuns: async (runs, call) => {
      await client.appendScriptRuns({ runs: runs.map(toWire) }, call);
    },
    listScriptRuns: (query, call) => client.listScriptRuns({ query }, call),
    getMigrationCounts: async (userPoolId, call) => {
      const { migrated, unresolvedConflicts, days, lastLegacyLoginAt } = await client.getMigrationCounts(
        { userPoolId },
        call,
      );
      return {
        migrated: Number(migrated),
        unresolvedConflicts: Number(unresolvedConflicts),
        days: days.map((day) => ({
          date: day.date,
          migrated: Number(day.migrated),
          logins: Number(day.logins),
          legacyLogins: Number(day.legacyLogins),
        })),
        lastLegacyLoginAt,
      };
    },
    countLeftBehind: async (userPoolId, ids, call) => {
      const refs = ids.map((id) => ({ ref: toWireExternalId(id) }));
      return Number((await client.countLeftBehind({ userPoolId, refs }, call)).leftBehind);
    },
    listTombstones: (page, call) => client.listTombstones(page, call),
    liftTombstone: async (which, call) => {
      await client.liftTombstone({ ...which, actor: call.caller.id }, call);
    },
    listConflicts: (page, call) => client.listConflicts(page, call),
    resolveConflict: async (which, call) => {
      await client.resolveConflict({ ...which, actor: call.caller.id }, call);
    },
    appendAuditEntry: async ({ userPoolId, action, target }, call) => {
      const entry = { at: undefined, actor: call.caller.id, action, target, requestId: call.requestId };
      await client.appendAuditEntry({ userPoolId, entry }, call);
    },
    listAuditEntries: (page, call) => client.listAuditEntries(page, call),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

const toWire = ({ userPoolId, action, outcome, error, logs, usage, ...run }: EndedRun) => ({
  userPoolId,
  run: {
    ...run,
    action: actionNumber(action),
    outcome: outcomeNumber(outcome),
    error: error && { code: '', line: 0, column: 0, ...error },
    logs: logs.map((line) => ({ ...line })),
    usage: { ...usage, heapBytes: BigInt(Math.round(usage.heapBytes)) },
  },
});
