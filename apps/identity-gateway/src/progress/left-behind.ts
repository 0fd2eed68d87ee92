import type { CallFacts } from '@userferry/grpc';
import type { ExternalId } from '@userferry/user-model';
import type { HistoryStore } from '../clients/history-store.ts';
import { type ListLegacy, noAnswer } from './list-legacy.ts';

/** More are not compared one by one: it would take too many runs. */
const COMPARED_MAX = 2_000;
const PAGE = 200;

/** Every user there who is not deleted: `undefined` unless as many are listed as there are said to be. */
const everyId = async (list: ListLegacy, total: number): Promise<readonly ExternalId[] | undefined> => {
  const met = new Set<ExternalId>();
  const alive: ExternalId[] = [];
  for (let page = 1; met.size < total; page += 1) {
    const before = met.size;
    for (const { externalId, profile } of (await list(page, PAGE))?.users ?? []) {
      if (!met.has(externalId) && profile.isDeleted !== true) alive.push(externalId);
      met.add(externalId);
    }
    if (met.size === before) return undefined;
  }
  return alive;
};

/**
 * How many users of the legacy user store have neither migrated nor been deleted here, one by one: as many as have migrated is
 * not everybody, since rows that were deleted there since count as migrated. `undefined`: too many, or not all were listed.
 */
export const leftBehind = async (
  userPoolId: string,
  { list, total }: { readonly list: ListLegacy; readonly total: number },
  call: CallFacts,
  history: Pick<HistoryStore, 'countLeftBehind'>,
): Promise<number | undefined> => {
  if (total === 0 || total > COMPARED_MAX) return undefined;
  const ids = await everyId(list, total);
  return ids && history.countLeftBehind(userPoolId, ids, call).catch(noAnswer);
};
