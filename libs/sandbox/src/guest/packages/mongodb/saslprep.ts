/** SASLprep of passwords for the driver: its tables of half a megabyte are read only for those that need them. */

declare function require(path: string): unknown;

type Prepare = (text: string, options?: unknown) => string;

/** Printable ASCII is what it was after SASLprep (RFC 4013: nothing of it is mapped, prohibited or right-to-left). */
const IS_UNCHANGED = /^[\x20-\x7e]*$/;

/** Prepares a user name or password; throws as the real one does. */
export const saslprep: Prepare = (text, options) =>
  typeof text === 'string' && IS_UNCHANGED.test(text)
    ? text
    : (require('@mongodb-js/saslprep') as { saslprep: Prepare }).saslprep(text, options);
