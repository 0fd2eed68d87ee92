import type { ScriptAction } from './actions.ts';

type Check = (value: unknown, path: string) => string | undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const describe = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
};

const isExternalId = (id: unknown): boolean =>
  (typeof id === 'string' && id !== '') || (typeof id === 'number' && Number.isFinite(id));

const profile: Check = (value, path) => {
  if (!isObject(value)) return `${path} must be a profile object, not ${describe(value)}`;
  if (value.id === undefined || value.id === null || value.id === '')
    return `${path}.id is missing: a profile needs the user's id`;
  return isExternalId(value.id)
    ? undefined
    : `${path}.id must be a string or a finite number, not ${describe(value.id)}`;
};

const nullable =
  (check: Check): Check =>
  (value, path) =>
    value === null ? undefined : check(value, path);

const list: Check = (value, path) => {
  if (!isObject(value)) return `${path} must be { totalCount, list }, not ${describe(value)}`;
  const { totalCount, list: rows } = value;
  if (typeof totalCount !== 'number' || !Number.isInteger(totalCount) || totalCount < 0)
    return `${path}.totalCount must be a whole number from 0, not ${describe(totalCount)}`;
  if (!Array.isArray(rows)) return `${path}.list must be an array of profiles, not ${describe(rows)}`;
  return rows.map((row, index) => profile(row, `${path}.list[${index}]`)).find((problem) => problem !== undefined);
};

const only =
  (...allowed: boolean[]): Check =>
  (value, path) =>
    typeof value === 'boolean' && allowed.includes(value)
      ? undefined
      : `${path} must be ${allowed.join(' or ')}, not ${value === false ? 'false' : describe(value)}`;

const CHECKS: Readonly<Record<ScriptAction, Check>> = {
  // A login that returns null says that the user does not exist; the decision is the gateway's.
  login: nullable(profile),
  getUser: nullable(profile),
  searchUser: nullable(list),
  createUser: nullable(profile),
  updateUser: nullable(profile),
  deleteUser: only(true),
  listUsers: list,
  validatePassword: only(true, false),
};

/**
 * Holds a completed run's result (parsed JSON) against the shape that the contract fixes for the action.
 * Returns what is wrong, naming the field, or `undefined`.
 */
export const checkResult = (action: ScriptAction, value: unknown): string | undefined =>
  CHECKS[action](value, 'result');
