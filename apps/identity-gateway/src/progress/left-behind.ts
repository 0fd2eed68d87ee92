import type { CallFacts } from '@userferry/grpc';
import type { ExternalId } from '@userferry/user-model';
import type { HistoryStore } from '../clients/history-store.ts';
import type { LegacyUser } from '../users/known-user.ts';
import { type ListLegacy, noAnswer } from './list-legacy.ts';

/** More are not compared one by one: it would take too many runs. */
export const COMPARED_MAX = 2_000;
const PAGE = 200;
/** Before, who is left needs no comparing. After it the rest may be users who were deleted here, or there. */
const NEARLY_ALL = 0.9;

type Listed = { readonly met: Set<ExternalId>; readonly alive: ExternalId[] };

/** Adds a page to those that were listed; how many of it are new. */
const add = ({ met, alive }: Listed, users: readonly LegacyUser[]): number => {
  const before = met.size;
  for (const { externalId, profile } of users) {
    if (!met.has(externalId) && profile.isDeleted !== true) alive.push(externalId);
    met.add(externalId);
  }
  return met.size - before;
};

/**
 * Every user there who is not deleted: `undefined` unless just as many are listed as every page says that there are, in no more
 * pages than that takes, and none behind them.
 */
const everyId = async (list: ListLegacy, total: number): Promise<readonly ExternalId[] | undefined> => {
  const listed: Listed = { met: new Set(), alive: [] };
  for (let page = 1; page <= Math.ceil(total / PAGE) + 1; page += 1) {
    const answer = await list(page, PAGE);
    if (answer?.totalCount !== total) return undefined;
    const isNew = add(listed, answer.users) > 0;
    if (listed.met.size > total || (!isNew && listed.met.size < total)) return undefined;
    if (listed.met.size === total && (!isNew || answer.users.length < PAGE)) return listed.alive;
  }
  return undefined;
};

/**
 * How many users of the legacy user store have neither migrated nor been deleted here, one by one: as many as have migrated is
 * not everybody, since rows that were deleted there since count as migrated. `undefined`: too many, too early, or no list of all.
 */
export const leftBehind = async (
  userPoolId: string,
  { list, total, migrated }: { readonly list: ListLegacy; readonly total: number; readonly migrated: number },
  call: CallFacts,
  history: Pick<HistoryStore, 'countLeftBehind'>,
): Promise<number | undefined> => {
  if (total === 0 || total > COMPARED_MAX || migrated < total * NEARLY_ALL) return undefined;
  const ids = await everyId(list, total);
  return ids && history.countLeftBehind(userPoolId, ids, call).catch(noAnswer);
};
