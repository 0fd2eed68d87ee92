import { isJsonObject } from './credential-fields.ts';
import { checkCustomData } from './custom-data.ts';
import { type ExternalId, externalIdProblem } from './external-id.ts';
import { type Checked, FIELD_RULES } from './field-rules.ts';
import { IDENTIFIER_KINDS, type Identifier, identifierProblem } from './identifier.ts';
import { type Json, type JsonObject, PROFILE_FIELDS, type Profile, type ProfileField } from './profile.ts';
import { standsForNone } from './stands-for-none.ts';

/** What is wrong with one field; `message` is a whole sentence without any value in it. */
export type ProfileProblem = { readonly field: string; readonly message: string };

/** All that is wrong, as one text. */
export const problemsText = (problems: readonly ProfileProblem[]): string =>
  problems.map(({ message }) => message).join('; ');

/** What a script returned, understood: the legacy id and the profile; or every problem found. */
export type ParsedProfile =
  | { readonly ok: true; readonly externalId: ExternalId; readonly profile: Profile }
  | { readonly ok: false; readonly problems: readonly ProfileProblem[] };

/** Whether the profile has a field of that name, beside `id` and `customData`. */
export const isField = (name: string): name is ProfileField => Object.hasOwn(PROFILE_FIELDS, name);
const isIdentifierField = (name: string): name is Identifier['kind'] =>
  (IDENTIFIER_KINDS as readonly string[]).includes(name);
const HANDLED = new Set(['id', 'customData', 'lastIP']);

/** A field's value after its check; an identifier that is empty is none. */
const checkField = (name: ProfileField, value: unknown): Checked => {
  const checked = FIELD_RULES[PROFILE_FIELDS[name]](value);
  if ('must' in checked || !isIdentifierField(name)) return checked;
  // Databases keep '' where there is none: taken as an identifier, all those users would collide.
  if (typeof value === 'string' && value.trim() === '') return { value: undefined };
  const problem = identifierProblem({ kind: name, value: String(value) });
  return problem === undefined ? checked : { must: problem };
};

/** The same for what a script returned, where a database may have something that stands for no e-mail or no phone. */
export const checkReturnedField = (name: ProfileField, value: unknown): Checked => {
  const checked = checkField(name, value);
  if ('must' in checked || !isIdentifierField(name) || checked.value === undefined) return checked;
  return standsForNone({ kind: name, value: String(checked.value) }) ? { value: undefined } : checked;
};

/** The fields that are there; null is absent. */
const presentOf = (value: JsonObject): [string, Json][] => {
  const fields: JsonObject = { ...value, lastIp: value.lastIp ?? value.lastIP ?? null };
  return Object.entries(fields).filter(([, item]) => item !== null && item !== undefined);
};

const checkAll = (value: JsonObject, check = checkField): [string, Checked][] => {
  const present = presentOf(value);
  const known = present.flatMap(([name, item]): [string, Checked][] =>
    isField(name) ? [[name, check(name, item)]] : [],
  );
  const unknown = Object.fromEntries(present.filter(([name]) => !isField(name) && !HANDLED.has(name)));
  return [...known, ['customData', checkCustomData(value.customData, unknown)]];
};

const problem = (field: string, must: string): ProfileProblem => ({ field, message: `${field} ${must}` });

const problemsIn = (checked: readonly [string, Checked][]): ProfileProblem[] =>
  checked.flatMap(([field, result]) => ('must' in result ? [problem(field, result.must)] : []));

const isEmptyObject = (value: unknown): boolean => isJsonObject(value) && Object.keys(value).length === 0;

const profileOf = (checked: readonly [string, Checked][]): Profile =>
  Object.fromEntries(
    checked
      .map(([field, result]) => [field, 'value' in result ? result.value : undefined] as const)
      .filter(([field, item]) => item !== undefined && !(field === 'customData' && isEmptyObject(item))),
  ) as Profile;

const NO_OBJECT = { ok: false, problems: [{ field: '', message: 'the profile must be an object' }] } as const;

/**
 * Reads what a script returned (parsed JSON). All fields but `id` may be absent or null; the legacy id keeps its type;
 * fields that the contract does not know go to `customData`; passwords, hashes and salts are dropped. Never throws and
 * never repeats a value.
 */
export const parseProfile = (value: unknown): ParsedProfile => {
  if (!isJsonObject(value)) return NO_OBJECT;
  const idProblem = externalIdProblem(value.id);
  const checked = checkAll(value, checkReturnedField);
  const problems = [...(idProblem === undefined ? [] : [problem('id', idProblem)]), ...problemsIn(checked)];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, externalId: value.id as ExternalId, profile: profileOf(checked) };
};

/** A profile of a user who is created here, understood; or every problem found. */
export type ParsedNewProfile =
  | { readonly ok: true; readonly profile: Profile }
  | { readonly ok: false; readonly problems: readonly ProfileProblem[] };

/** Reads the profile of a user who is created here: as `parseProfile`, but we give the id. */
export const parseNewProfile = (value: unknown): ParsedNewProfile => {
  if (!isJsonObject(value)) return NO_OBJECT;
  const checked = checkAll(value);
  const given = value.id === undefined ? [] : [problem('id', 'must not be given: a user who is created here gets one')];
  const problems = [...given, ...problemsIn(checked)];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, profile: profileOf(checked) };
};

/** Changes of a profile, understood: what is set and what is cleared; or every problem found. */
export type ParsedUpdates =
  | { readonly ok: true; readonly set: Profile; readonly clear: readonly (ProfileField | 'customData')[] }
  | { readonly ok: false; readonly problems: readonly ProfileProblem[] };

const isKnown = (name: string): name is ProfileField | 'customData' => isField(name) || name === 'customData';

/**
 * Reads changes of a profile: null clears a field, an empty identifier too, `customData` replaces what is there. A field
 * that the contract does not know is a problem: nobody could say whether it replaces `customData` or adds to it.
 */
export const parseUpdates = (value: unknown): ParsedUpdates => {
  if (!isJsonObject(value)) return NO_OBJECT;
  const unknown = Object.keys(value).filter((name) => !isKnown(name));
  const checked = checkAll(Object.fromEntries(Object.entries(value).filter(([name]) => isKnown(name))));
  const problems = [...unknown.map((name) => problem(name, 'is no profile field')), ...problemsIn(checked)];
  if (problems.length > 0) return { ok: false, problems };
  const set = { ...profileOf(checked), ...(isEmptyObject(value.customData) && { customData: {} }) };
  return {
    ok: true,
    set,
    clear: Object.keys(value).filter((name) => isKnown(name) && !Object.hasOwn(set, name)) as [],
  };
};

/** `parseProfile` for JSON text, as scripts' results travel. */
export const parseProfileJson = (json: string): ParsedProfile => {
  try {
    return parseProfile(JSON.parse(json));
  } catch {
    return { ok: false, problems: [{ field: '', message: 'the profile must be JSON' }] };
  }
};
