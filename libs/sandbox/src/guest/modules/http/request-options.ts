/** The arguments of `http.request` as one object of options, and what Node checks of them. */
import { notAvailable } from '../../not-available.ts';
import { invalidArgType, invalidArgValue, nodeError, outOfRange, validateString } from '../node-errors.ts';
import { core } from '../registry.ts';
import { isToken } from './validate.ts';

export type RequestOptions = Record<string, unknown>;
export type Callback = (response: unknown) => void;

const INVALID_PATH = /[^\u0021-\u00ff]/;
const ABSOLUTE_FORM = /^[a-z][a-z0-9+.-]*:\/\//i;
const VALIDATIONS = ['strict', 'relaxed', 'insecure'];

type UrlLike = {
  readonly href?: unknown;
  readonly protocol?: unknown;
  readonly auth?: unknown;
  readonly path?: unknown;
};

function isUrl(value: unknown): value is URL {
  const { href, protocol, auth, path } = (value ?? {}) as UrlLike;
  return Boolean(href && protocol) && auth === undefined && path === undefined;
}

/** The options that a URL stands for; `undefined` where it is none. */
export function optionsOfUrl(input: unknown): RequestOptions | undefined {
  if (typeof input !== 'string' && !isUrl(input)) return undefined;
  const url = typeof input === 'string' ? new URL(input) : input;
  const options = core.url.urlToHttpOptions(url);
  const { hostname } = url;
  return { ...url, ...options, hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname };
}

/** `request(url, options, callback)` in all its forms. */
export function requestArguments(
  input: unknown,
  given: unknown,
  callback: unknown,
): { readonly options: RequestOptions; readonly callback: Callback | undefined } {
  const ofUrl = optionsOfUrl(input);
  const [options, done] = ofUrl === undefined ? [input, given] : [given, callback];
  if (typeof options === 'function') return { options: ofUrl ?? {}, callback: options as Callback };
  return { options: { ...ofUrl, ...(options as object) }, callback: done as Callback | undefined };
}

function hostOf(value: unknown, name: string): string | null | undefined {
  if (value === null || value === undefined || typeof value === 'string') return value as string | null | undefined;
  throw invalidArgType(`options.${name}`, 'of type string or one of undefined or null', value);
}

export const hostOfOptions = (options: RequestOptions): string =>
  hostOf(options.hostname, 'hostname') || hostOf(options.host, 'host') || 'localhost';

/** Node's check; and what only a proxy would understand is refused. */
export function validatePath(path: string): string {
  if (INVALID_PATH.test(path)) {
    throw nodeError(TypeError, 'ERR_UNESCAPED_CHARACTERS', 'Request path contains unescaped characters');
  }
  if (!ABSOLUTE_FORM.test(path)) return path;
  throw notAvailable('Proxies are not available to scripts: the path of a request begins with a slash');
}

export function validateProtocol(actual: unknown, expected: unknown): void {
  if (actual === expected) return;
  const message = `Protocol "${actual}" not supported. Expected "${expected}"`;
  throw nodeError(TypeError, 'ERR_INVALID_PROTOCOL', message);
}

/** In capitals; GET where none is given. */
export function methodOf(method: unknown): string {
  if (method !== null && method !== undefined) validateString(method, 'options.method');
  if (!method) return 'GET';
  if (isToken(method)) return (method as string).toUpperCase();
  throw nodeError(TypeError, 'ERR_INVALID_HTTP_TOKEN', `Method must be a valid HTTP token ["${method}"]`);
}

/** Milliseconds as a timer can keep them. */
export function durationOf(value: unknown, name: string): number {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (value < 0 || !Number.isFinite(value)) throw outOfRange(name, 'a non-negative finite number', value);
  return Math.min(value, 2 ** 31 - 1);
}

export function validateSignal(signal: unknown): asserts signal is AbortSignal {
  if (typeof signal === 'object' && signal !== null && 'aborted' in signal) return;
  throw invalidArgType('signal', 'an instance of AbortSignal', signal);
}

function validateBoolean(value: unknown, name: string): void {
  if (value !== undefined && typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value);
}

function validateInteger(value: unknown, name: string): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < 0) throw outOfRange(name, `>= 0 && <= ${Number.MAX_SAFE_INTEGER}`, value);
}

/** Options about how strictly a response is read. */
export function validateParserOptions(options: RequestOptions): void {
  const { maxHeaderSize, insecureHTTPParser, httpValidation, joinDuplicateHeaders } = options;
  validateInteger(maxHeaderSize, 'maxHeaderSize');
  validateBoolean(insecureHTTPParser, 'options.insecureHTTPParser');
  if (httpValidation !== undefined) {
    if (!VALIDATIONS.includes(httpValidation as string)) {
      const reason = `must be one of: ${VALIDATIONS.map((word) => `'${word}'`).join(', ')}`;
      throw invalidArgValue('options.httpValidation', httpValidation, reason);
    }
    if (insecureHTTPParser !== undefined) {
      const reason = 'cannot be used together with options.insecureHTTPParser';
      throw invalidArgValue('options.httpValidation', httpValidation, reason);
    }
  }
  validateBoolean(joinDuplicateHeaders, 'options.joinDuplicateHeaders');
}

/** The `Host` header: an IPv6 address in brackets, the port where it is not the usual one. */
export function hostHeaderOf(host: string, port: unknown, defaultPort: unknown): string {
  const isAddress = host.indexOf(':') !== host.lastIndexOf(':') && !host.startsWith('[');
  const name = isAddress ? `[${host}]` : host;
  return port && Number(port) !== defaultPort ? `${name}:${port}` : name;
}
