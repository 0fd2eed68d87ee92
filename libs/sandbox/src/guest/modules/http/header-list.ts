/** The headers of a message that has not been sent, by lower-case name, with the names as they were given. */
import { nodeError } from '../node-errors.ts';
import { validateHeaderName, validateHeaderValue } from './validate.ts';

export type HeaderValue = number | string | readonly string[];
type Entry = readonly [name: string, value: HeaderValue];

function alreadySent(verb: string): Error {
  return nodeError(Error, 'ERR_HTTP_HEADERS_SENT', `Cannot ${verb} headers after they are sent to the client`);
}

export type HeaderList = {
  /** Throws Node's errors for names and values that no header may have. */
  set(name: string, value: HeaderValue): void;
  append(name: string, value: string | readonly string[]): void;
  get(name: string): HeaderValue | undefined;
  has(name: string): boolean;
  /** Whether there was one. */
  remove(name: string): void;
  readonly entries: () => IterableIterator<readonly [lowerCase: string, entry: Entry]>;
};

/** `isSent` tells whether it is too late for changes. */
export function createHeaderList(isSent: () => boolean): HeaderList {
  const headers = new Map<string, Entry>();
  const set: HeaderList['set'] = (name, value) => {
    if (isSent()) throw alreadySent('set');
    validateHeaderName(name);
    validateHeaderValue(name, value);
    headers.set(name.toLowerCase(), [name, value]);
  };
  return {
    set,
    append(name, value) {
      if (isSent()) throw alreadySent('append');
      const before = headers.get(String(name).toLowerCase());
      if (before === undefined) {
        set(name, value);
        return;
      }
      validateHeaderValue(name, value);
      headers.set(name.toLowerCase(), [before[0], [before[1], value].flat().map(String)]);
    },
    get: (name) => headers.get(String(name).toLowerCase())?.[1],
    has: (name) => headers.has(String(name).toLowerCase()),
    remove(name) {
      if (isSent()) throw alreadySent('remove');
      headers.delete(String(name).toLowerCase());
    },
    entries: () => headers.entries(),
  };
}
