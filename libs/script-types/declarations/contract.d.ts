/**
 * What a script of a connection is given and may answer. A script is one function, named after its action and declared at
 * top level: `async function login(query, password, context) { … }`.
 */

/** The connection's variables, each a string; with an address: `DB_CONNECTION_URI`, `DB_HOST`, `DB_PORT`, `DB_USERNAME`, `DB_PASSWORD`, `DB_DATABASE`. */
declare const env: {
  readonly DB_CONNECTION_URI: string;
  readonly DB_HOST: string;
  readonly DB_PORT: string;
  readonly DB_USERNAME: string;
  readonly DB_PASSWORD: string;
  readonly DB_DATABASE: string;
  readonly [name: string]: string | undefined;
};

/** `login`: the password is wrong. The user is told no more than "account or password is wrong". */
declare class WrongUsernameOrPasswordError extends Error {
  constructor(message?: string, options?: ErrorOptions);
}
/** There is no such user. */
declare class UserNotFoundError extends Error {
  constructor(message?: string, options?: ErrorOptions);
}
/** `createUser`, `updateUser`: another user has this identifier. */
declare class UserExistsError extends Error {
  constructor(message?: string, options?: ErrorOptions);
}
/** What was asked cannot be done: the message may say why. */
declare class ValidationError extends Error {
  constructor(message?: string, options?: ErrorOptions);
}

/** What the user typed to log in: exactly one is set. */
interface LoginQuery {
  email: string | null;
  phone: string | null;
  username: string | null;
}

/** Whom to find: at least one is set; any of them may match. */
interface GetUserQuery {
  id: string | number | null;
  email: string | null;
  phone: string | null;
  username: string | null;
}

/** What every script is told of the call that it serves. */
interface ScriptContext {
  userPoolId: string;
  userPoolName: string;
  userPoolMetadata: Record<string, any>;
  appId: string;
  appName: string;
  appMetadata: Record<string, any>;
  /** The application's name. */
  application: string;
  request: {
    ip: string;
    geo: { province: string; city: string; adcode: string; rectangle: string } | null;
    /** Never holds the password. */
    body: Record<string, any>;
  };
}

type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue | undefined };

/** The fields of a user beside the id. All may be left out or null. Passwords, hashes and salts are dropped. */
interface ProfileFields {
  username?: string | null;
  email?: string | null;
  emailVerified?: boolean | null;
  phone?: string | null;
  phoneVerified?: boolean | null;
  nickname?: string | null;
  name?: string | null;
  givenName?: string | null;
  familyName?: string | null;
  middleName?: string | null;
  preferredUsername?: string | null;
  /** A URL. */
  photo?: string | null;
  /** A URL. */
  profile?: string | null;
  website?: string | null;
  gender?: 'M' | 'F' | 'U' | null;
  birthdate?: string | Date | null;
  zoneinfo?: string | null;
  locale?: string | null;
  company?: string | null;
  address?: string | null;
  formatted?: string | null;
  streetAddress?: string | null;
  locality?: string | null;
  region?: string | null;
  postalCode?: string | null;
  city?: string | null;
  province?: string | null;
  country?: string | null;
  token?: string | null;
  tokenExpiredAt?: string | Date | null;
  loginsCount?: number | null;
  lastLogin?: string | Date | null;
  lastIp?: string | null;
  signedUp?: string | Date | null;
  /** Such a user is refused (2005, locked) and does not migrate. */
  blocked?: boolean | null;
  /** Such a user counts as not found. */
  isDeleted?: boolean | null;
  device?: string | null;
  browser?: string | null;
  registerSource?: string[] | null;
  externalId?: string | null;
  /** Anything of your own. */
  customData?: Record<string, any> | null;
  createdAt?: string | Date | null;
  updatedAt?: string | Date | null;
}

/** A user as scripts return one. Fields that the profile does not have go into `customData`. */
interface Profile extends ProfileFields {
  /** Your own id of the user. It is kept with its type: a number stays a number. */
  id: string | number;
  [field: string]: any;
}

interface ProfileList {
  /** All that match, not only this page. */
  totalCount: number;
  list: Profile[];
}

/** A new user: the password is plain text, and may be absent. */
interface NewUser extends ProfileFields {
  password?: string;
  [field: string]: any;
}

/** What changes; a new password is plain text. */
interface UserUpdates extends ProfileFields {
  password?: string;
  [field: string]: any;
}

type Answer<T> = T | Promise<T>;

/** Proves a password: the profile. Throw `WrongUsernameOrPasswordError` or `UserNotFoundError`; `null` means not found. */
type Login = (query: LoginQuery, password: string, context: ScriptContext) => Answer<Profile | null>;
/** Finds one user; `null`: there is none. */
type GetUser = (query: GetUserQuery, context: ScriptContext) => Answer<Profile | null>;
/** Searches fuzzily, for administrators. */
type SearchUser = (keyword: string, context: ScriptContext) => Answer<ProfileList | null>;
/** Stores a new user. Throw `UserExistsError` where an identifier is taken. */
type CreateUser = (userInfo: NewUser, context: ScriptContext) => Answer<Profile | null>;
/** Changes a user, the password included: the latest profile, or `null` when there is nothing to change. */
type UpdateUser = (id: string | number, updates: UserUpdates, context: ScriptContext) => Answer<Profile | null>;
/** Removes a user: `true`. Throw `UserNotFoundError` where there is none. */
type DeleteUser = (id: string | number, context: ScriptContext) => Answer<true>;
/** One page of all users; `page` counts from 1. */
type ListUsers = (page: number, limit: number, context: ScriptContext) => Answer<ProfileList>;
/** Whether it is the user's password. */
type ValidatePassword = (id: string | number, password: string, context: ScriptContext) => Answer<boolean>;

/** A script may also be assigned: `module.exports = async function …` or `exports.login = …`. */
declare const module: { exports: any };
declare const exports: any;
