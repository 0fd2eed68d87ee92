import { isJsonObject } from './credential-fields.ts';
import { checkCustomData } from './custom-data.ts';
import { type ExternalId, externalIdProblem } from './external-id.ts';
import { type Checked, FIELD_RULES } from './field-rules.ts';
import { IDENTIFIER_KINDS, type Identifier, identifierProblem } from './identifier.ts';
import { type JsonObject, PROFILE_FIELDS, type Profile, type ProfileField } from './profile.ts';

/** What is wrong with one field; `message` is a whole sentence without any value in it. */
export type ProfileProblem = { readonly field: string; readonly message: string };

/** What a script returned, understood: the legacy id and the profile; or every problem found. */
export type ParsedProfile =
  | { readonly ok: true; readonly externalId: ExternalId; readonly profile: Profile }
  | { readonly ok: false; readonly problems: readonly ProfileProblem[] };

const isField = (name: string): name is ProfileField => Object.hasOwn(PROFILE_FIELDS, name);
const isIdentifierField = (name: string): name is Identifier['kind'] =>
  (IDENTIFIER_KINDS as readonly string[]).includes(name);
const HANDLED = new Set(['id', 'customData', 'lastIP']);

const checkField = (name: ProfileField, value: unknown): Checked => {
  const checked = FIELD_RULES[PROFILE_FIELDS[name]](value);
  if ('must' in checked || !isIdentifierField(name)) return checked;
  // Databases keep '' where there is none: taken as an identifier, all those users would collide.
  if (typeof value === 'string' && value.trim() === '') return { value: undefined };
  const problem = identifierProblem({ kind: name, value: String(value) });
  return problem === undefined ? checked : { must: problem };
};

const checkAll = (value: JsonObject): ReadonlyMap<string, Checked> => {
  const fields: JsonObject = { ...value, lastIp: value.lastIp ?? value.lastIP ?? null };
  const present = Object.entries(fields).filter(([, item]) => item !== null && item !== undefined);
  const known = present.flatMap(([name, item]): [string, Checked][] =>
    isField(name) ? [[name, checkField(name, item)]] : [],
  );
  const unknown = Object.fromEntries(present.filter(([name]) => !isField(name) && !HANDLED.has(name)));
  return new Map([...known, ['customData', checkCustomData(value.customData, unknown)]]);
};

const problem = (field: string, must: string): ProfileProblem => ({ field, message: `${field} ${must}` });

const isEmptyObject = (value: unknown): boolean => isJsonObject(value) && Object.keys(value).length === 0;

/**
 * Reads what a script returned (parsed JSON). All fields but `id` may be absent or null; the legacy id keeps its type;
 * fields that the contract does not know go to `customData`; passwords, hashes and salts are dropped. Never throws and
 * never repeats a value.
 */
export const parseProfile = (value: unknown): ParsedProfile => {
  if (!isJsonObject(value)) return { ok: false, problems: [{ field: '', message: 'the profile must be an object' }] };
  const idProblem = externalIdProblem(value.id);
  const checked = [...checkAll(value)];
  const problems = [
    ...(idProblem === undefined ? [] : [problem('id', idProblem)]),
    ...checked.flatMap(([field, result]) => ('must' in result ? [problem(field, result.must)] : [])),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const values = checked
    .map(([field, result]) => [field, 'value' in result ? result.value : undefined] as const)
    .filter(([field, item]) => item !== undefined && !(field === 'customData' && isEmptyObject(item)));
  return { ok: true, externalId: value.id as ExternalId, profile: Object.fromEntries(values) as Profile };
};

/** The same for JSON text, as scripts' results travel. */
export const parseProfileJson = (json: string): ParsedProfile => {
  try {
    return parseProfile(JSON.parse(json));
  } catch {
    return { ok: false, problems: [{ field: '', message: 'the profile must be JSON' }] };
  }
};
