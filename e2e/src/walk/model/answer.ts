import { type Person, type Row, shown } from './people.ts';

/** How a call ends, in the words of docs/calls.md, and whom it shows. */
export type Answer = { readonly answer: string; readonly users: readonly string[] };

/** A call that ends otherwise than its caller wanted. */
export class Refusal extends Error {}

export const INVALID_CREDENTIALS = 'rejected INVALID_CREDENTIALS 2333';
export const WRONG_OLD_PASSWORD = 'rejected WRONG_OLD_PASSWORD 2203';
export const USER_LOCKED = 'rejected USER_LOCKED 2005';
export const USER_EXISTS = 'rejected USER_EXISTS 2026';
export const USER_TOMBSTONED = 'rejected USER_TOMBSTONED 2004';
export const USER_NOT_FOUND = 'rejected USER_NOT_FOUND 2004';
export const USER_NOT_MIGRATED = 'rejected USER_NOT_MIGRATED';
export const PASSWORD_TOO_WEAK = 'rejected PASSWORD_TOO_WEAK';
export const IDENTIFIER_CONFLICT = 'undecided IDENTIFIER_CONFLICT';
export const UNREACHABLE = 'undecided LEGACY_STORE_UNREACHABLE';
export const SCRIPT_FAILED = 'undecided SCRIPT_FAILED 603';

export const refuse = (words: string): never => {
  throw new Refusal(words);
};

/** What is refused with these words ends otherwise. */
export const unlessRefused = <T>(words: string, body: () => T, otherwise: () => T): T => {
  try {
    return body();
  } catch (error) {
    if (error instanceof Refusal && error.message === words) return otherwise();
    throw error;
  }
};

export const shownPerson = ({ id, legacyId, profile }: Person): string => shown(id, legacyId, profile);
export const shownRow = ({ id, profile }: Row): string => shown(undefined, id, profile);

/** Done, about a user of ours. */
export const ours = (word: string, person: Person, more = ''): Answer => ({
  answer: `${word} ours${more}`,
  users: [shownPerson(person)],
});

/** Done, about one of the legacy database's. */
export const legacy = (word: string, row: Row): Answer => ({ answer: `${word} legacy`, users: [shownRow(row)] });

/** Everybody, on one page. */
export const page = (whose: 'ours' | 'legacy', users: readonly string[]): Answer => ({
  answer: `listed page of ${users.length === 0 ? 'nobody' : whose}`,
  users: users.toSorted(),
});

export const done = (word: string): Answer => ({ answer: word, users: [] });
