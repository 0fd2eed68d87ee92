/** The headers of a message that has not been sent, by lower-case name, with the names as they were given. */
import { headersSent, validateHeaderName, validateHeaderValue } from './validate.ts';

export type HeaderValue = number | string | readonly string[];
export type Header = readonly [name: string, value: HeaderValue];

export type HeaderList = {
  /** Throws Node's errors for names and values that no header may have. */
  set(name: string, value: HeaderValue): void;
  append(name: string, value: string | readonly string[]): void;
  get(name: string): HeaderValue | undefined;
  has(name: string): boolean;
  remove(name: string): void;
  entries(): readonly (readonly [lowerCase: string, header: Header])[];
};

/** What a list asks its message: whether it is too late for changes, and how strict it is with values. */
export type HeaderOwner = { readonly _header: string | null; _isLenientHeaderValidation(): boolean };

const listOf = (value: HeaderValue): unknown[] => (Array.isArray(value) ? value : [value]);

export function createHeaderList(owner: HeaderOwner): HeaderList {
  const headers = new Map<string, Header>();
  const check = (verb: string, name: unknown, value: unknown): void => {
    if (owner._header !== null) throw headersSent(verb);
    validateHeaderName(name);
    validateHeaderValue(name, value, owner._isLenientHeaderValidation());
  };
  return {
    set(name, value) {
      check('set', name, value);
      headers.set(name.toLowerCase(), [name, value]);
    },
    append(name, value) {
      check('append', name, value);
      const before = headers.get(name.toLowerCase());
      const whole = before === undefined ? value : ([...listOf(before[1]), ...listOf(value)] as string[]);
      headers.set(name.toLowerCase(), [before?.[0] ?? name, whole]);
    },
    get: (name) => headers.get(name.toLowerCase())?.[1],
    has: (name) => headers.has(name.toLowerCase()),
    remove: (name) => void headers.delete(name.toLowerCase()),
    entries: () => [...headers],
  };
}
