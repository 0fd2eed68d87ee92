import type {
  LiftTombstoneRequest,
  LiftTombstoneResponse,
  ListTombstonesRequest,
  ListTombstonesResponse,
} from '@userferry/contracts/migration/v1/history_service';
import type { Handler } from '@userferry/grpc';
import type { Tombstone, UserStore } from '@userferry/user-store';
import { authorOf, pageOf } from './fields.ts';
import { wireExternalRef } from './wire-user.ts';

const wireTombstone = ({ externalId, identifiers, ...tombstone }: Tombstone) => ({
  ...tombstone,
  externalRef: externalId === undefined ? undefined : wireExternalRef(externalId),
  identifiers: [...identifiers],
});

/** Users deleted here whom no login brings back. */
export const listTombstones =
  ({ tombstones }: UserStore): Handler<ListTombstonesRequest, ListTombstonesResponse> =>
  async ({ userPoolId, ...page }) => {
    const { items, nextPageToken } = await tombstones.list(userPoolId, pageOf(page));
    return { tombstones: items.map(wireTombstone), nextPageToken };
  };

/** Lets a deleted user migrate or register again. */
export const liftTombstone =
  ({ tombstones }: UserStore): Handler<LiftTombstoneRequest, LiftTombstoneResponse> =>
  async ({ userPoolId, tombstoneId, actor }, call) => {
    await tombstones.lift({ userPoolId, tombstoneId }, authorOf(actor, call));
    return {};
  };
