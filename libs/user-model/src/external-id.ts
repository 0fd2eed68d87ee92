import { byteLength, textProblem } from './text.ts';

/** The id that a legacy user store gave: 1 and "1" are two different users. */
export type ExternalId = string | number;

/** An external id taken apart for storage, its type kept. */
export type ExternalIdKey = { readonly type: 'string' | 'number'; readonly text: string };

/** Longest external id in bytes of UTF-8: an index entry has to hold it. */
const EXTERNAL_ID_BYTES_MAX = 1024;

/** Takes an external id apart, so that its type survives in a text column. */
export const externalIdKey = (id: ExternalId): ExternalIdKey =>
  typeof id === 'number' ? { type: 'number', text: String(id) } : { type: 'string', text: id };

/** The reverse of `externalIdKey`. */
export const externalIdOf = (key: ExternalIdKey): ExternalId => (key.type === 'number' ? Number(key.text) : key.text);

const numberProblem = (id: number): string | undefined => {
  if (!Number.isFinite(id)) return 'must be a string or a finite number';
  // Beyond 2^53 neighbours fall together: two people would become one user.
  return Number.isInteger(id) && !Number.isSafeInteger(id)
    ? 'is a number too large to be exact: return it as a string'
    : undefined;
};

/** What is wrong with an external id, as the end of a sentence that starts with its name, or `undefined`. */
export const externalIdProblem = (id: unknown): string | undefined => {
  if (id === undefined || id === null || id === '') return "is missing: a profile needs the user's id";
  if (typeof id === 'number') return numberProblem(id);
  if (typeof id !== 'string') return 'must be a string or a finite number';
  return byteLength(id) > EXTERNAL_ID_BYTES_MAX ? `must be at most ${EXTERNAL_ID_BYTES_MAX} bytes` : textProblem(id);
};
