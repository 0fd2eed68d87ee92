import { MigrationState } from '@userferry/contracts/identity/v1/user';
import type {
  CreateUserRequest,
  CreateUserResponse,
  DeleteUserRequest,
  DeleteUserResponse,
  FindUserRequest,
  FindUserResponse,
  ListUsersRequest,
  ListUsersResponse,
  UpdateUserRequest,
  UpdateUserResponse,
} from '@userferry/contracts/migration/v1/user_service';
import type { Handler } from '@userferry/grpc';
import type { UserQuery } from '@userferry/user-store';
import { createUser as create } from '../users/create-user.ts';
import { deleteUser as remove } from '../users/delete-user.ts';
import { livesInLegacyStore, type UserDeps } from '../users/own-users.ts';
import { updateUser as update } from '../users/update-user.ts';
import { authorOf, invalidField, jsonObjectOf, storable } from './fields.ts';
import { selectorOf } from './user-selector.ts';
import { wireFacts } from './wire-facts.ts';
import { wireUser } from './wire-user.ts';
import { USER_VERDICTS, userIn } from './wire-verdict.ts';

export const findUser =
  ({ store }: UserDeps): Handler<FindUserRequest, FindUserResponse> =>
  async ({ userPoolId, user: wire }) => {
    const selector = selectorOf(wire);
    const facts = await store.pools.loginFacts(userPoolId);
    if (livesInLegacyStore(facts))
      return { verdict: USER_VERDICTS.custom_user_store, user: undefined, facts: wireFacts(facts) };
    const found = await store.users.find(userPoolId, selector);
    return { verdict: USER_VERDICTS[found.verdict], user: userIn(found), facts: wireFacts(facts) };
  };

const LIMIT_MAX = 200;
const KEYWORD_LENGTH_MAX = 1024;

// Nobody who is not stored here is listed here.
const HERE = { [MigrationState.MIGRATED]: 'migrated', [MigrationState.LOCAL]: 'local' } as const;
const isHere = (state: MigrationState): state is keyof typeof HERE => Object.hasOwn(HERE, state);

const pageOf = ({ userPoolId, keyword, page, limit }: ListUsersRequest): UserQuery => {
  if (page < 1) throw invalidField('page', 'counts from 1');
  if (limit < 1 || limit > LIMIT_MAX) throw invalidField('limit', `must be 1 to ${LIMIT_MAX}`);
  if (keyword.length > KEYWORD_LENGTH_MAX) throw invalidField('keyword', 'is too long');
  return { userPoolId, keyword: storable('keyword', keyword), page, limit };
};

export const listUsers =
  ({ store }: UserDeps): Handler<ListUsersRequest, ListUsersResponse> =>
  async (request) => {
    const query = pageOf(request);
    const { migrationState: state } = request;
    const facts = await store.pools.loginFacts(query.userPoolId);
    const nobody = { users: [], totalCount: 0n, facts: wireFacts(facts) };
    if (livesInLegacyStore(facts)) return { ...nobody, verdict: USER_VERDICTS.custom_user_store };
    if (state !== MigrationState.UNSPECIFIED && !isHere(state)) return { ...nobody, verdict: USER_VERDICTS.ok };
    const migrationState = isHere(state) ? HERE[state] : undefined;
    const { users, totalCount } = await store.users.list({ ...query, migrationState });
    const listed = { users: users.map(wireUser), totalCount: BigInt(totalCount) };
    return { ...listed, verdict: USER_VERDICTS.ok, facts: wireFacts(facts) };
  };

export const createUser =
  (deps: UserDeps): Handler<CreateUserRequest, CreateUserResponse> =>
  async ({ userPoolId, profileJson, password, actor }, call) => {
    const profile = jsonObjectOf('profile_json', profileJson);
    const by = { ...authorOf(actor, call), signal: call.signal };
    const { result, facts } = await create({ userPoolId, profile, password }, by, deps);
    return { verdict: USER_VERDICTS[result.verdict], user: userIn(result), facts: wireFacts(facts) };
  };

export const updateUser =
  (deps: UserDeps): Handler<UpdateUserRequest, UpdateUserResponse> =>
  async ({ userPoolId, userId, updatesJson, password, actor }, call) => {
    const updates = jsonObjectOf('updates_json', updatesJson);
    const by = { ...authorOf(actor, call), signal: call.signal };
    const result = await update({ userPoolId, userId, updates, password }, by, deps);
    return { verdict: USER_VERDICTS[result.verdict], user: userIn(result) };
  };

const whoOf = ({ userPoolId, userId, legacyProfileJson, connectionId }: DeleteUserRequest) =>
  userId === ''
    ? { userPoolId, connectionId, legacyProfileJson: Buffer.from(legacyProfileJson).toString('utf8') }
    : { userPoolId, userId };

/** Deletes for good; also a user who lives in the legacy user store only. */
export const deleteUser =
  (deps: UserDeps): Handler<DeleteUserRequest, DeleteUserResponse> =>
  async (request, call) => {
    const verdict = await remove(whoOf(request), authorOf(request.actor, call), deps);
    return { verdict: USER_VERDICTS[verdict] };
  };
