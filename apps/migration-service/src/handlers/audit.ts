import type {
  AppendAuditEntryRequest,
  AppendAuditEntryResponse,
  ListAuditEntriesRequest,
  ListAuditEntriesResponse,
} from '@userferry/contracts/migration/v1/history_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { invalidField, nameOf, pageOf, storable } from './fields.ts';

/** What was done outside this store, as scripts tried out; by gateways of the version before also changes of pools and keys. */
export const appendAuditEntry =
  ({ audit }: UserStore): Handler<AppendAuditEntryRequest, AppendAuditEntryResponse> =>
  async ({ userPoolId, entry }) => {
    if (entry === undefined) throw invalidField('entry', 'is missing');
    const { at, actor, action, target, requestId } = entry;
    await audit.append(userPoolId, {
      at,
      actor: nameOf('actor', actor),
      action: nameOf('action', action),
      target: targetOf(target),
      requestId: storable('request_id', requestId),
    });
    return {};
  };

const TARGET_LENGTH_MAX = 1024;

const targetOf = (target: string): string => {
  if (target.length > TARGET_LENGTH_MAX)
    throw invalidField('target', `must have at most ${TARGET_LENGTH_MAX} characters`);
  return storable('target', target);
};

/** The newest first. */
export const listAuditEntries =
  ({ audit }: UserStore): Handler<ListAuditEntriesRequest, ListAuditEntriesResponse> =>
  async ({ userPoolId, ...page }) => {
    const { items, nextPageToken } = await audit.list(userPoolId, pageOf(page));
    return { entries: [...items], nextPageToken };
  };
