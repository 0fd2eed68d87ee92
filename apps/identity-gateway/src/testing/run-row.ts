import type { JsonObject } from '@userferry/user-model';
import type { LoginEnd } from '../login/login-end.ts';
import { proveLogin } from '../login/prove-login.ts';
import { changePassword } from '../users/change-password.ts';
import { deleteUser } from '../users/delete-user.ts';
import { getUser } from '../users/get-user.ts';
import type { KnownUser } from '../users/known-user.ts';
import { type ListedUsers, listUsers, searchUsers } from '../users/list-users.ts';
import { register } from '../users/register.ts';
import { resetPassword } from '../users/reset-password.ts';
import { updateUser } from '../users/update-user.ts';
import type { UserEnd } from '../users/user-end.ts';
import type { UserScope } from '../users/user-scope.ts';
import type { UserSelector } from '../users/user-selector.ts';
import type { Row } from './row.ts';
import { callFacts, tableWorld } from './table-world.ts';

const FACTS = { appId: 'app', appName: 'App', appMetadata: {}, ip: '192.0.2.1', geo: null, body: {} };
const EMAIL = { kind: 'email', value: 'ada@example.com' } as const;
const PASSWORDS = { oldPassword: 'the old password', newPassword: 'the new password' };

const selectorOf = ({ by }: Row): UserSelector => {
  if (by === undefined) return EMAIL;
  return by === 'our id' ? { kind: 'user_id', value: 'ours' } : { kind: 'external_id', value: 7 };
};

type End = LoginEnd | UserEnd<KnownUser | ListedUsers | Record<never, never>>;

const WORDS = {
  Register: 'registered',
  GetUser: 'found',
  SearchUsers: 'found',
  ListUsers: 'listed',
  UpdateUser: 'updated',
  DeleteUser: 'deleted',
  ChangePassword: 'changed',
  ResetPassword: 'reset',
  Login: 'authenticated',
} as const;

const whose = ({ kind }: KnownUser): string => (kind === 'stored' ? 'ours' : 'legacy');

const subjectOf = (value: KnownUser | ListedUsers | Record<never, never>): string => {
  if ('kind' in value) return ` ${whose(value)}`;
  if (!('users' in value)) return '';
  const [first] = value.users;
  return ` page of ${first === undefined ? 'nobody' : whose(first)}`;
};

const describe = ({ call }: Row, end: End): string => {
  if (end.step === 'authenticated') return `authenticated ${whose(end.user)}${end.migratedNow ? ', migrated now' : ''}`;
  if (end.step === 'done') return `${WORDS[call]}${subjectOf(end.value)}`;
  const code = end.code === 0 ? '' : ` ${end.code}`;
  return `${end.step === 'reject' ? 'rejected' : 'undecided'} ${end.reason}${code}`;
};

const endOf = async (
  row: Row,
  scope: UserScope,
): Promise<{ readonly end: UserEnd<KnownUser | ListedUsers | object> }> => {
  const user = selectorOf(row);
  const password = row.password && PASSWORDS.newPassword;
  switch (row.call) {
    case 'Register':
      return register({ profile: { email: EMAIL.value }, password: PASSWORDS.newPassword }, scope);
    case 'GetUser':
      return getUser(user, scope);
    case 'SearchUsers':
      return searchUsers('ada', scope);
    case 'ListUsers':
      return listUsers({ page: 2, limit: 10, migrationState: undefined }, scope);
    case 'UpdateUser':
      return updateUser(user, { updates: updatesOf(row), password }, scope);
    case 'DeleteUser':
      return deleteUser(user, scope);
    case 'ChangePassword':
      return changePassword(user, PASSWORDS, scope);
    case 'ResetPassword':
      return resetPassword(user, PASSWORDS.newPassword, scope);
    case 'Login':
      throw new Error('a login is run on its own');
  }
};

/** Runs the row's call and says what became of it, in the table's words. */
export const runRow = async (row: Row) => {
  const { deps, traces } = tableWorld(row);
  const call = callFacts(row.call);
  const attempt = { userPoolId: 'pool', identifier: EMAIL, password: PASSWORDS.oldPassword, facts: FACTS };
  const { end } =
    row.call === 'Login'
      ? await proveLogin(attempt, call, deps)
      : await endOf(row, { userPoolId: 'pool', facts: FACTS, call, deps });
  return { answer: describe(row, end as End), end: end as End, traces };
};

/** An identifier that is new is looked for in the legacy user store, too. */
const updatesOf = ({ writes = [] }: Row): JsonObject =>
  writes.some((write) => Array.isArray(write) && write[1] === 'exists')
    ? { email: 'new@example.com' }
    : { nickname: 'A' };
