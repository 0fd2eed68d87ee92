import type { DeedOf } from '../deed.ts';
import {
  type Answer,
  done,
  legacy,
  page,
  refuse,
  shownRow,
  USER_EXISTS,
  USER_LOCKED,
  USER_NOT_FOUND,
  WRONG_OLD_PASSWORD,
} from './answer.ts';
import { proveThere } from './login.ts';
import type { Model } from './model.ts';
import { identifiersOf, type Profile, type Row, type Who } from './people.ts';
import {
  createUserScript,
  deleteUserScript,
  getUserScript,
  listUsersScript,
  updateUserScript,
  validatePasswordScript,
} from './scripts.ts';

/** Our own ids mean nothing to a legacy database: no script is asked. */
const find = (model: Model, who: Who): Row | undefined =>
  who.kind === 'our id' ? undefined : getUserScript(model, who);

const idOf = (model: Model, who: Who): string =>
  who.kind === 'legacy id' ? who.value : (find(model, who)?.id ?? refuse(USER_NOT_FOUND));

/** Where the script has nothing to change, `getUser` says how the user is. */
const change = (model: Model, id: string, updates: Profile, password?: string): Row =>
  updateUserScript(model, id, updates, password) ??
  getUserScript(model, { kind: 'legacy id', value: id }) ??
  refuse(USER_NOT_FOUND);

export const login = (model: Model, { by, password }: DeedOf<'Login'>): Answer =>
  legacy('authenticated', proveThere(model, by, password));

export const register = (model: Model, { profile, password }: DeedOf<'Register'>): Answer => {
  if (getUserScript(model, ...identifiersOf(profile)) !== undefined) return refuse(USER_EXISTS);
  return legacy('registered', createUserScript(model, profile, password));
};

export const getUser = (model: Model, { who }: DeedOf<'GetUser'>): Answer =>
  legacy('found', find(model, who) ?? refuse(USER_NOT_FOUND));

export const listUsers = (model: Model): Answer => page('legacy', listUsersScript(model).map(shownRow));

export const updateUser = (model: Model, { who, updates, password }: DeedOf<'UpdateUser'>): Answer =>
  legacy('updated', change(model, idOf(model, who), updates, password));

export const deleteUser = (model: Model, { who }: DeedOf<'DeleteUser'>): Answer => {
  deleteUserScript(model, idOf(model, who));
  return done('deleted');
};

export const changePassword = (model: Model, { who, old, password }: DeedOf<'ChangePassword'>): Answer => {
  const row = find(model, who) ?? refuse(WRONG_OLD_PASSWORD);
  if (row.profile.blocked) return refuse(USER_LOCKED);
  if (!validatePasswordScript(model, row.id, old)) return refuse(WRONG_OLD_PASSWORD);
  return legacy('changed', change(model, row.id, {}, password));
};

export const resetPassword = (model: Model, { who, password }: DeedOf<'ResetPassword'>): Answer => {
  const row = find(model, who) ?? refuse(USER_NOT_FOUND);
  return legacy('reset', change(model, row.id, {}, password));
};
