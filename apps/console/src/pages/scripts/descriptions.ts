import type { ScriptAction } from '@userferry/script-contract';

/** What each script is for, and how it answers. Source: the contract of the eight scripts. */
export const DESCRIPTIONS: Readonly<Record<ScriptAction, string>> = {
  login: 'Proves a password. Returns the profile, or throws: WrongUsernameOrPasswordError when it is wrong.',
  getUser: 'Finds one user by id, email, phone or username. Returns the profile, or null.',
  searchUser: 'Finds users by a keyword, for administrators. Returns { totalCount, list }.',
  createUser: 'Stores a new user. Returns the profile, or throws UserExistsError.',
  updateUser: 'Changes fields of a user. Returns the profile as it is then, or null when nothing had to change.',
  deleteUser: 'Removes a user. Returns true, or throws.',
  listUsers: 'Lists users page by page; page counts from 1. Returns { totalCount, list }.',
  validatePassword: 'Checks the old password when a user changes it. Returns true or false.',
};
