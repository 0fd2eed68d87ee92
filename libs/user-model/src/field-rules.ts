import { PROFILE_LIMITS, type ProfileFieldKind } from './profile.ts';
import { byteLength, textProblem } from './text.ts';

/** A field's value after its check, or what it must be, as the end of a sentence that starts with its name. */
export type Checked = { readonly value: unknown } | { readonly must: string };

const text = (value: unknown, bytesMax: number): Checked => {
  if (typeof value !== 'string') return { must: 'must be a string' };
  if (byteLength(value) > bytesMax) return { must: `must be at most ${bytesMax} bytes` };
  const problem = textProblem(value);
  return problem === undefined ? { value } : { must: problem };
};

const string = (value: unknown): Checked => text(value, PROFILE_LIMITS.stringBytesMax);

const boolean = (value: unknown): Checked => {
  // MySQL has no booleans: its drivers give TINYINT(1) as 0 or 1.
  if (value === 0 || value === 1) return { value: value === 1 };
  return typeof value === 'boolean' ? { value } : { must: 'must be a boolean (or 0 or 1)' };
};

const count = (value: unknown): Checked =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? { value } : { must: 'must be a whole number from 0' };

const gender = (value: unknown): Checked =>
  value === 'M' || value === 'F' || value === 'U' ? { value } : { must: 'must be "M", "F" or "U"' };

// A blank between date and time is how databases print them.
const ISO_8601 = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$/;

const date = (value: unknown): Checked =>
  typeof value === 'string' && ISO_8601.test(value) && value.length <= 64
    ? { value }
    : { must: 'must be a date in ISO 8601' };

const strings = (value: unknown): Checked => {
  if (!Array.isArray(value)) return { must: 'must be an array of strings' };
  if (value.length > PROFILE_LIMITS.registerSourcesMax)
    return { must: `must have at most ${PROFILE_LIMITS.registerSourcesMax} entries` };
  const bad = value.map(string).find((checked) => 'must' in checked);
  return bad === undefined ? { value } : { must: `must be an array of strings; an entry ${bad.must}` };
};

/** One check for each kind of field. */
export const FIELD_RULES: Readonly<Record<ProfileFieldKind, (value: unknown) => Checked>> = {
  string,
  url: (value) => text(value, PROFILE_LIMITS.urlBytesMax),
  boolean,
  count,
  gender,
  date,
  strings,
};
