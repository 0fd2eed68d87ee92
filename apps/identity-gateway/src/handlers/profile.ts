import type { Profile as WireProfile } from '@userferry/contracts/identity/v1/user';
import {
  IDENTIFIER_KINDS,
  type Json,
  type JsonObject,
  PROFILE_FIELDS,
  type Profile,
  type ProfileProblem,
  parseNewProfile,
  parseUpdates,
} from '@userferry/user-model';
import { invalidField } from './fields.ts';
import { jsonObject } from './json-fields.ts';

const jsonOf = (value: unknown): Json => (typeof value === 'bigint' ? Number(value) : (value as Json));

const isSet = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);

/** The fields that a caller sent, not yet checked. */
const sentFields = (field: string, wire: WireProfile): JsonObject => {
  if (wire.isDeleted !== undefined) throw invalidField(`${field}.is_deleted`, 'cannot be set: use DeleteUser');
  const names = Object.keys(PROFILE_FIELDS) as (keyof typeof PROFILE_FIELDS)[];
  const fields = names.filter((name) => isSet(wire[name])).map((name) => [name, jsonOf(wire[name])] as const);
  if (wire.customDataJson.length === 0) return Object.fromEntries(fields);
  return { ...Object.fromEntries(fields), customData: jsonObject(`${field}.custom_data_json`, wire.customDataJson) };
};

/** As the contract names it: `logins_count`. */
const wireNameOf = (name: string): string =>
  name === 'customData' ? 'custom_data_json' : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const notAProfile = (field: string, [problem]: readonly ProfileProblem[]) => {
  const { field: name = '', message = 'is not a profile' } = problem ?? {};
  return invalidField(`${field}.${wireNameOf(name)}`, message.replace(`${name} `, ''));
};

/** The profile of a user to be: at least one identifier. Throws INVALID_ARGUMENT naming the field, never its value. */
export const toNewProfile = (wire: WireProfile | undefined): Profile => {
  const parsed = parseNewProfile(wire === undefined ? {} : sentFields('profile', wire));
  if (!parsed.ok) throw notAProfile('profile', parsed.problems);
  if (IDENTIFIER_KINDS.every((kind) => parsed.profile[kind] === undefined))
    throw invalidField('profile', 'needs an email, a username or a phone');
  return parsed.profile;
};

const isField = (name: string): boolean => name === 'customData' || Object.hasOwn(PROFILE_FIELDS, name);

/** What else stands in the place of a name is the caller's own, and as little repeated as a value. */
const checkNames = (clear: readonly string[]): void => {
  const at = clear.findIndex((name) => !isField(name));
  if (at >= 0) throw invalidField(`clear[${at}]`, 'is no field of a profile');
};

/** What is set, and null for what is cleared. Throws INVALID_ARGUMENT naming the field, never its value. */
export const toUpdates = (wire: WireProfile | undefined, clear: readonly string[]): JsonObject => {
  const sent = wire === undefined ? {} : sentFields('updates', wire);
  checkNames(clear);
  const both = clear.find((name) => Object.hasOwn(sent, name));
  if (both !== undefined) throw invalidField('clear', `names ${both}, which is set as well`);
  const parsed = parseUpdates({ ...sent, ...Object.fromEntries(clear.map((name) => [name, null])) });
  if (!parsed.ok) throw notAProfile('updates', parsed.problems);
  return { ...(parsed.set as JsonObject), ...Object.fromEntries(parsed.clear.map((name) => [name, null])) };
};
