/** What Node checks of methods, header names and header values, with its errors. */
import { nodeError } from '../node-errors.ts';

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const STRICT = /[^\t\x20-\x7e\x80-\xff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const RELAXED = /[\x00\x0a\x0d]|[^\x00-\xff]/;

export const isToken = (text: unknown): boolean => typeof text === 'string' && TOKEN.test(text);

/** Throws `ERR_INVALID_HTTP_TOKEN` when the name is none that a header may have. */
export function validateHeaderName(name: unknown, label?: string): void {
  if (isToken(name)) return;
  const message = `${label || 'Header name'} must be a valid HTTP token ["${String(name)}"]`;
  throw nodeError(TypeError, 'ERR_INVALID_HTTP_TOKEN', message);
}

/** Throws `ERR_INVALID_CHAR`; `where` is "header content" or "trailer content". */
export function validateContent(where: string, name: unknown, value: unknown, isRelaxed: boolean): void {
  if (!(isRelaxed ? RELAXED : STRICT).test(value as string)) return;
  throw nodeError(TypeError, 'ERR_INVALID_CHAR', `Invalid character in ${where} ["${String(name)}"]`);
}

/** Throws `ERR_HTTP_INVALID_HEADER_VALUE` or `ERR_INVALID_CHAR`. */
export function validateHeaderValue(name: unknown, value: unknown, isRelaxed = false): void {
  if (value === undefined) {
    const message = `Invalid value "${value}" for header "${String(name)}"`;
    throw nodeError(TypeError, 'ERR_HTTP_INVALID_HEADER_VALUE', message);
  }
  validateContent('header content', name, value, isRelaxed);
}

/** The error of a connection that ended too early. */
export const connectionReset = (message: string): Error => Object.assign(new Error(message), { code: 'ECONNRESET' });

export const headersSent = (verb: string): Error =>
  nodeError(Error, 'ERR_HTTP_HEADERS_SENT', `Cannot ${verb} headers after they are sent to the client`);
