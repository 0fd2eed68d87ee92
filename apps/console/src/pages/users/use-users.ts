import type { UseQueryResult } from '@tanstack/react-query';
import type { MigrationState, Rejected, Undecided, UserList } from '@userferry/contracts/json-types';
import { useCall } from '../../api/use-call.ts';
import { PAGE_SIZE } from './pages.ts';

export type UsersAsked = {
  readonly userPoolId: string;
  /** '': all of them, page by page. */
  readonly keyword: string;
  readonly state: MigrationState;
  /** From 1. */
  readonly page: number;
};

export type UsersAnswer = {
  readonly users?: UserList;
  /** Why there is no list: a script, or the database that it asks, did not answer. */
  readonly refusal?: Rejected | Undecided;
  /** It is that of the question before: this one's is on its way. */
  readonly isOld: boolean;
};

/** A page of the users of a pool, or those that a keyword finds. */
export const useUsers = ({ userPoolId, keyword, state, page }: UsersAsked): [UseQueryResult<unknown>, UsersAnswer] => {
  const isSearch = keyword !== '';
  const list = { userPoolId, page, limit: PAGE_SIZE, migrationState: state };
  const listed = useCall('IdentityService', 'ListUsers', list, { when: !isSearch, keepPrevious: true });
  const search = { userPoolId, keyword };
  const found = useCall('IdentityService', 'SearchUsers', search, { when: isSearch, keepPrevious: true });
  const query = isSearch ? found : listed;
  const answer = isSearch ? found.data : listed.data;
  const users = isSearch ? found.data?.found : listed.data?.listed;
  const refusal = answer?.rejected ?? answer?.undecided;
  return [query, { ...(users && { users }), ...(refusal && { refusal }), isOld: query.isPlaceholderData }];
};
