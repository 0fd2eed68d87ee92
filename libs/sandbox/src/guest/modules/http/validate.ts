/** What Node checks of methods, header names and header values, with its errors. */
import { nodeError } from '../node-errors.ts';

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const INVALID_VALUE_CHARACTER = /[^\t\x20-\x7e\x80-\xff]/;

export const isToken = (text: unknown): boolean => typeof text === 'string' && TOKEN.test(text);

/** Throws `ERR_INVALID_HTTP_TOKEN` when the name is none that a header may have. */
export function validateHeaderName(name: unknown, label = 'Header name'): void {
  if (isToken(name)) return;
  throw nodeError(TypeError, 'ERR_INVALID_HTTP_TOKEN', `${label} must be a valid HTTP token ["${String(name)}"]`);
}

/** Throws `ERR_HTTP_INVALID_HEADER_VALUE` or `ERR_INVALID_CHAR`. */
export function validateHeaderValue(name: unknown, value: unknown): void {
  if (value === undefined) {
    const message = `Invalid value "${value}" for header "${String(name)}"`;
    throw nodeError(TypeError, 'ERR_HTTP_INVALID_HEADER_VALUE', message);
  }
  if (INVALID_VALUE_CHARACTER.test(String(value))) {
    throw nodeError(TypeError, 'ERR_INVALID_CHAR', `Invalid character in header content ["${String(name)}"]`);
  }
}

/** The error of a connection that ended too early. */
export const connectionReset = (message: string): Error => Object.assign(new Error(message), { code: 'ECONNRESET' });
