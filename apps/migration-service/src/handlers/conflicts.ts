import { ConflictResolution as WireResolution } from '@userferry/contracts/management/v1/connection_service';
import type {
  ListConflictsRequest,
  ListConflictsResponse,
  ResolveConflictRequest,
  ResolveConflictResponse,
} from '@userferry/contracts/migration/v1/history_service';
import type { Handler } from '@userferry/grpc';
import type { Conflict, ConflictResolution, UserStore } from '@userferry/user-store';
import { authorOf, invalidField, pageOf } from './fields.ts';
import { wireExternalRef } from './wire-user.ts';

const RESOLUTIONS: Readonly<Partial<Record<WireResolution, ConflictResolution>>> = {
  [WireResolution.SAME_PERSON]: 'same_person',
  [WireResolution.GIVE_TO_LEGACY]: 'give_to_legacy',
  [WireResolution.KEEP_LOCAL]: 'keep_local',
};

const wireConflict = ({ externalId, timesSeen, ...conflict }: Conflict) => ({
  ...conflict,
  timesSeen: BigInt(timesSeen),
  externalRef: wireExternalRef(externalId),
});

/** Proven users who could not be stored because another user has one of their identifiers. */
export const listConflicts =
  ({ conflicts }: UserStore): Handler<ListConflictsRequest, ListConflictsResponse> =>
  async ({ userPoolId, ...page }) => {
    const { items, nextPageToken } = await conflicts.list(userPoolId, pageOf(page));
    return { conflicts: items.map(wireConflict), nextPageToken };
  };

/** An administrator's decision. */
export const resolveConflict =
  ({ conflicts }: UserStore): Handler<ResolveConflictRequest, ResolveConflictResponse> =>
  async ({ userPoolId, conflictId, resolution: wire, actor }, call) => {
    const resolution = RESOLUTIONS[wire];
    if (resolution === undefined) throw invalidField('resolution', 'must be same person, give to legacy or keep local');
    await conflicts.resolve({ userPoolId, conflictId, resolution }, authorOf(actor, call));
    return {};
  };
