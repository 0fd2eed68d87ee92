import type { MigrationState } from '@userferry/user-model';
import type { UserPage } from '../clients/user-store.ts';
import { situationOf } from '../connection/store-facts.ts';
import { askListUsers, askSearchUser } from './ask-script.ts';
import { type KnownUser, storedUser } from './known-user.ts';
import type { Answer, UserPageOf } from './script-answer.ts';
import { done, type Ended, ended, type UserEnd } from './user-end.ts';
import type { UserScope } from './user-scope.ts';

export type ListedUsers = UserPageOf<KnownUser>;
export type WantedPage = Pick<UserPage, 'page' | 'limit' | 'migrationState'>;

/** Without a script for it, lazy migration lists and searches our own users only. */
const listHere = async (wanted: Omit<UserPage, 'userPoolId'>, { userPoolId, call, deps }: UserScope) => {
  const { users, totalCount, facts } = await deps.users.listUsers({ ...wanted, userPoolId }, call);
  return {
    facts,
    custom: situationOf(facts) === 'custom_user_store',
    page: { users: users.map(storedUser), totalCount },
  };
};

const endOf = (answer: Answer<ListedUsers>): UserEnd<ListedUsers> =>
  answer.step === 'answered' ? done(answer.value) : answer;

/** In a custom user store everybody is of one state. */
const holdsNobody = (state: MigrationState | undefined): boolean => state !== undefined && state !== 'legacy';

export const listUsers = async (wanted: WantedPage, scope: UserScope): Promise<Ended<ListedUsers>> => {
  const { facts, custom, page } = await listHere({ ...wanted, keyword: '' }, scope);
  if (!custom) return ended(facts, done(page));
  if (holdsNobody(wanted.migrationState)) return ended(facts, done({ users: [], totalCount: 0 }));
  return ended(facts, endOf(await askListUsers({ scope, facts }, wanted.page, wanted.limit)));
};

/** How many users a search in our own store answers with, if they fit in one message. */
const FOUND_MAX = 200;

export const searchUsers = async (keyword: string, scope: UserScope): Promise<Ended<ListedUsers>> => {
  const wanted = { keyword, page: 1, limit: FOUND_MAX, migrationState: undefined };
  const { facts, custom, page } = await listHere(wanted, scope);
  return ended(facts, custom ? endOf(await askSearchUser({ scope, facts }, keyword)) : done(page));
};
