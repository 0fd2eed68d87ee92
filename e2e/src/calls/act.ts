import { randomUUID } from 'node:crypto';
import type { UserSelector } from '@userferry/contracts/identity/v1/identity_service';
import { byEmail, byLegacyId, byOurId, type Caller, type How, type Outcome } from '../legacy/caller.ts';
import { type Cast, callOf } from './cast.ts';
import type { CallRow } from './read-call-table.ts';

/** What the ready-made scripts say by themselves on the arranged tables; all else they are told to say. */
const NATURAL: Readonly<Record<string, readonly string[]>> = {
  login: ['profile'],
  getUser: ['profile', 'null'],
  searchUser: ['page'],
  createUser: ['profile'],
  updateUser: ['profile'],
  deleteUser: ['true'],
  listUsers: ['page'],
  validatePassword: ['true', 'false'],
};

/** Whether the first look-up has to wait for another call that is faster. */
export const isRace = ({ writes }: CallRow) =>
  writes.some(({ call, refused }) => call === 'CreateUser' && refused === 'exists');

const toldTo = (row: CallRow): Readonly<Record<string, string>> => {
  const said: Record<string, string> = isRace(row) ? { getUser: 'later' } : {};
  for (const [index, [action, saying]] of row.scripts.entries()) {
    if (saying === 'not implemented' || NATURAL[action]?.includes(saying)) continue;
    // A user whom `createUser` made without saying so is found afterwards.
    const made = action === 'createUser' && saying === 'null' && row.scripts[index + 1]?.[1] === 'profile';
    said[action] = made ? 'null, though it was done' : saying;
  }
  return said;
};

const selectorOf = ({ by }: CallRow, { email, externalId }: Cast): UserSelector => {
  if (by === undefined) return byEmail(email);
  return by === 'our id' ? byOurId(randomUUID()) : byLegacyId(externalId ?? 'nobody');
};

const oldPasswordOf = ({ here, writes, scripts }: CallRow, cast: Cast): string => {
  const wrong =
    here === 'wrong_password' ||
    (here === 'ok' && writes[0]?.refused === 'wrong_password') ||
    scripts.some(([action, saying]) => action === 'validatePassword' && saying === 'false');
  return wrong ? 'not it' : cast.password;
};

const newPasswordOf = ({ writes }: CallRow, cast: Cast): string =>
  writes.some(({ refused }) => refused === 'weak') ? 'short' : cast.newPassword;

const howOf = (row: CallRow, cast: Cast): How => ({ call: callOf(cast), body: { say: Object.entries(toldTo(row)) } });

/** By one identifier: the legacy user store is asked for each by itself. */
const registrationOf = ({ email, nickname }: Cast) => ({ email, nickname });

/** The call that the row is about. */
export const act = async (row: CallRow, cast: Cast, caller: Caller): Promise<Outcome> => {
  const how = howOf(row, cast);
  const user = selectorOf(row, cast);
  const [oldPassword, newPassword] = [oldPasswordOf(row, cast), newPasswordOf(row, cast)];
  switch (row.call) {
    case 'Login':
      return caller.login(user, oldPassword, how);
    case 'Register':
      return isRace(row) ? race(cast, caller, how) : caller.register(registrationOf(cast), newPassword, how);
    case 'GetUser':
      return caller.getUser(user, how);
    case 'SearchUsers':
      return caller.search(cast.username, how);
    case 'ListUsers':
      return caller.list({ page: 1, limit: 10 }, how);
    case 'UpdateUser': {
      const taken = row.writes.some(({ refused }) => refused === 'exists');
      const updates = taken ? { email: cast.other.email } : { nickname: cast.nickname };
      return caller.update(user, updates, { ...how, ...(row.withPassword && { password: newPassword }) });
    }
    case 'DeleteUser':
      return caller.delete(user, how);
    case 'ChangePassword':
      return caller.change(user, { old: oldPassword, new: newPassword }, how);
    case 'ResetPassword':
      return caller.reset(user, newPassword, how);
  }
};

/** Two registrations at once, both told by the legacy user store that nobody is there: the answer of the slower one. */
const race = async (cast: Cast, caller: Caller, how: How): Promise<Outcome> => {
  const faster = caller.register(registrationOf(cast), cast.newPassword, { body: how.body ?? {} });
  const outcomes = await Promise.all([faster, caller.register(registrationOf(cast), cast.newPassword, how)]);
  const [won, lost] = outcomes.toSorted((a, b) => String(b?.$case).localeCompare(String(a?.$case)));
  return won?.$case === 'registered' ? lost : won;
};
