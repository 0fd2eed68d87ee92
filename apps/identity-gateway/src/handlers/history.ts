import {
  ConflictResolution,
  type LiftTombstoneRequest,
  type LiftTombstoneResponse,
  type ListConflictsRequest,
  type ListConflictsResponse,
  type ListScriptRunsRequest,
  type ListScriptRunsResponse,
  type ListTombstonesRequest,
  type ListTombstonesResponse,
  type ResolveConflictRequest,
  type ResolveConflictResponse,
} from '@userferry/contracts/management/v1/connection_service';
import { type Handler, timeField } from '@userferry/grpc';
import { actionOfNumber, outcomeOfNumber } from '@userferry/script-contract';
import type { HistoryStore } from '../clients/history-store.ts';
import { invalidField, name, pageFields } from './fields.ts';

/** Log history of runs, the newest first. */
export const listScriptRuns =
  (history: Pick<HistoryStore, 'listScriptRuns'>): Handler<ListScriptRunsRequest, ListScriptRunsResponse> =>
  async (request, call) => {
    const { action, outcome, requestId } = request;
    if (action !== 0 && actionOfNumber(action) === undefined) throw invalidField('action', 'is not a script action');
    if (outcome !== 0 && outcomeOfNumber(outcome) === undefined) throw invalidField('outcome', 'is not an outcome');
    if (requestId.length > 128) throw invalidField('request_id', 'is not a request id');
    const [since, until] = [timeField('since', request.since), timeField('until', request.until)];
    if (since !== undefined && until !== undefined && since > until)
      throw invalidField('until', 'must not be before since');
    return history.listScriptRuns({ ...request, since, until, ...pageFields(request) }, call);
  };

export const listTombstones =
  (history: Pick<HistoryStore, 'listTombstones'>): Handler<ListTombstonesRequest, ListTombstonesResponse> =>
  async ({ userPoolId, ...page }, call) => {
    return history.listTombstones({ userPoolId, ...pageFields(page) }, call);
  };

/** Lets a deleted user migrate or register again. */
export const liftTombstone =
  (history: Pick<HistoryStore, 'liftTombstone'>): Handler<LiftTombstoneRequest, LiftTombstoneResponse> =>
  async ({ userPoolId, tombstoneId }, call) => {
    await history.liftTombstone({ userPoolId, tombstoneId: name('tombstone_id', tombstoneId) }, call);
    return {};
  };

export const listConflicts =
  (history: Pick<HistoryStore, 'listConflicts'>): Handler<ListConflictsRequest, ListConflictsResponse> =>
  async ({ userPoolId, ...page }, call) => {
    return history.listConflicts({ userPoolId, ...pageFields(page) }, call);
  };

const RESOLUTIONS: readonly ConflictResolution[] = [
  ConflictResolution.SAME_PERSON,
  ConflictResolution.GIVE_TO_LEGACY,
  ConflictResolution.KEEP_LOCAL,
];

/** Says which of two users keeps an identifier, or that they are one person. */
export const resolveConflict =
  (history: Pick<HistoryStore, 'resolveConflict'>): Handler<ResolveConflictRequest, ResolveConflictResponse> =>
  async ({ userPoolId, conflictId, resolution }, call) => {
    if (!RESOLUTIONS.includes(resolution))
      throw invalidField('resolution', 'must be same person, give to legacy or keep local');
    await history.resolveConflict({ userPoolId, conflictId: name('conflict_id', conflictId), resolution }, call);
    return {};
  };
