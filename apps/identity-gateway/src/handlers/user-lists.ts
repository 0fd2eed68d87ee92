import type {
  ListUsersRequest,
  ListUsersResponse,
  SearchUsersRequest,
  SearchUsersResponse,
  UserList,
} from '@userferry/contracts/identity/v1/identity_service';
import { MigrationState as WireState } from '@userferry/contracts/identity/v1/user';
import type { Handler } from '@userferry/grpc';
import type { MigrationState } from '@userferry/user-model';
import { type ListedUsers, listUsers, searchUsers } from '../users/list-users.ts';
import type { UserDeps } from '../users/user-scope.ts';
import { invalidField, name } from './fields.ts';
import { toOutcome } from './refusal.ts';
import { inPool } from './users.ts';
import { toWireUser } from './wire-user.ts';

const STATES: Readonly<Record<WireState, MigrationState | undefined>> = {
  [WireState.UNSPECIFIED]: undefined,
  [WireState.LEGACY]: 'legacy',
  [WireState.MIGRATED]: 'migrated',
  [WireState.TOMBSTONED]: 'tombstoned',
  [WireState.LOCAL]: 'local',
};

const LIMIT_MAX = 200;
const LIMIT_DEFAULT = 20;

const toPage = ({ page, limit, migrationState }: ListUsersRequest) => {
  if (page < 0) throw invalidField('page', 'counts from 1');
  if (limit < 0 || limit > LIMIT_MAX) throw invalidField('limit', `must be 1 to ${LIMIT_MAX}`);
  if (!(migrationState in STATES))
    throw invalidField('migration_state', 'must be legacy, migrated, tombstoned or local');
  return { page: page || 1, limit: limit || LIMIT_DEFAULT, migrationState: STATES[migrationState] };
};

const toWireList = ({ users, totalCount }: ListedUsers): UserList => ({
  users: users.map(toWireUser),
  totalCount: BigInt(totalCount),
});

export const listAllUsers =
  (deps: UserDeps): Handler<ListUsersRequest, ListUsersResponse> =>
  async (request, call) => {
    const ended = await inPool(request, { call, deps }, async (scope) => listUsers(toPage(request), scope));
    return { outcome: toOutcome(ended, (page) => ({ $case: 'listed' as const, value: toWireList(page) })) };
  };

export const searchAllUsers =
  (deps: UserDeps): Handler<SearchUsersRequest, SearchUsersResponse> =>
  async (request, call) => {
    const ended = await inPool(request, { call, deps }, async (scope) =>
      searchUsers(name('keyword', request.keyword), scope),
    );
    return { outcome: toOutcome(ended, (page) => ({ $case: 'found' as const, value: toWireList(page) })) };
  };
