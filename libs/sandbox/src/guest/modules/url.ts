/** `url`: the legacy parser plus the WHATWG classes, loaded when first asked for. */
import * as punycode from 'punycode/';
import { toUnicode } from '../idna.ts';
import { Buffer } from './buffer.ts';
import { invalidArgType, nodeError, validateObject, validateString } from './node-errors.ts';
import { path as paths } from './path.ts';
import { querystring } from './querystring.ts';
import { formatLegacy, parseLegacy, resolveLegacy, resolveLegacyObject, Url } from './url/legacy.ts';

const whatwg = (name: 'URL' | 'URLSearchParams'): PropertyDescriptor => ({
  enumerable: true,
  configurable: true,
  get: () => globalThis[name],
});

/** A copy of a URL has none of its parts, which are getters. */
const unbracketed = (hostname: string | undefined): string | undefined =>
  hostname?.startsWith('[') ? hostname.slice(1, -1) : hostname;

function urlToHttpOptions(url: URL): Record<string, unknown> {
  if (typeof url !== 'object' || url === null) throw invalidArgType('url', 'of type object', url);
  const { protocol, hostname, hash, search, pathname, href, port, username, password } = url;
  const options: Record<string, unknown> = Object.assign(Object.create(null), url, {
    protocol,
    hostname: unbracketed(hostname),
    hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href,
  });
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

const domainToASCII = (domain: unknown): string => {
  try {
    return new URL(`ws://${domain}`).hostname;
  } catch {
    return '';
  }
};
const domainToUnicode = (domain: unknown): string => toUnicode(domainToASCII(domain)).domain;

type FormatOptions = { readonly [part in 'auth' | 'fragment' | 'search' | 'unicode']?: unknown };

function formatWhatwg(given: URL, options: FormatOptions | undefined): string {
  if (options !== undefined && options !== null) validateObject(options, 'options');
  const wants = (part: keyof FormatOptions, standard: boolean): boolean => {
    const wanted = options?.[part];
    return wanted === undefined || wanted === null ? standard : Boolean(wanted);
  };
  const url = new URL(given.href);
  if (!wants('fragment', true)) url.hash = '';
  if (!wants('search', true)) url.search = '';
  if (!wants('auth', true)) {
    url.username = '';
    url.password = '';
  }
  const { href, hostname } = url;
  return wants('unicode', false) && hostname !== '' ? href.replace(hostname, punycode.toUnicode(hostname)) : href;
}

const isUrl = (value: unknown): value is URL =>
  typeof (value as { href?: unknown })?.href === 'string' && value instanceof globalThis.URL;

function format(value: unknown, options?: FormatOptions): string {
  if (typeof value === 'string') return formatLegacy(parseLegacy(value));
  if (typeof value !== 'object' || value === null) {
    throw invalidArgType('urlObject', 'one of type object or string', value);
  }
  return isUrl(value) ? formatWhatwg(value, options) : formatLegacy(value);
}

function fileUrl(value: unknown): URL {
  if (typeof value !== 'string' && !isUrl(value)) {
    throw invalidArgType('path', 'of type string or an instance of URL', value);
  }
  const url = typeof value === 'string' ? new URL(value) : value;
  if (url.protocol !== 'file:') {
    throw nodeError(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
  }
  return url;
}

const invalidPath = (reason: string, url: URL): Error =>
  Object.assign(nodeError(TypeError, 'ERR_INVALID_FILE_URL_PATH', `File URL path ${reason}`), { input: url });

function windowsPath({ hostname, pathname }: URL, url: URL): string {
  if (/%2f|%5c/i.test(pathname)) throw invalidPath('must not include encoded \\ or / characters', url);
  const path = decodeURIComponent(pathname.replaceAll('/', '\\'));
  if (hostname !== '') return `\\\\${toUnicode(hostname).domain}${path}`;
  if (!/^\\[a-zA-Z]:/.test(path)) throw invalidPath('must be absolute', url);
  return path.slice(1);
}

function posixPath(url: URL): string {
  if (url.hostname !== '') {
    const message = 'File URL host must be "localhost" or empty on linux';
    throw nodeError(TypeError, 'ERR_INVALID_FILE_URL_HOST', message);
  }
  if (/%2f/i.test(url.pathname)) throw invalidPath('must not include encoded / characters', url);
  return url.pathname;
}

type PathOptions = { readonly windows?: boolean };

function fileURLToPath(value: unknown, options?: PathOptions): string {
  const url = fileUrl(value);
  return options?.windows ? windowsPath(url, url) : decodeURIComponent(posixPath(url));
}

const fileURLToPathBuffer = (value: unknown, options?: PathOptions): Buffer =>
  options?.windows ? Buffer.from(fileURLToPath(value, options)) : querystring.unescapeBuffer(posixPath(fileUrl(value)));

const ENCODED_IN_PATHS = /[%\\\n\r\t?#[\]^|~]/g;
const ENCODED_IN_WINDOWS_PATHS = /[%\n\r\t?#[\]^|~]/g;
const encodePath = (path: string, pattern: RegExp): string =>
  path.replace(pattern, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/** Windows knows long forms of its paths, which begin with `\\?\\` or `\\?\\UNC\\`. */
const withoutLongForm = (path: string): string => path.replace(/^\\\\\?\\UNC\\/, '\\\\').replace(/^\\\\\?\\/, '');

function pathToFileURL(given: string, options?: PathOptions): URL {
  validateString(given, 'path');
  const isWindows = options?.windows === true;
  const path = isWindows ? withoutLongForm(given) : given;
  let resolved = isWindows ? paths.win32.resolve(path) : paths.resolve(path);
  if (/[\\/]$/.test(path) && !/[\\/]$/.test(resolved) && (isWindows || path.endsWith('/'))) resolved += '/';
  if (!isWindows) return new URL(`file://${encodePath(resolved, ENCODED_IN_PATHS)}`);
  const slashed = encodePath(resolved.replaceAll('\\', '/'), ENCODED_IN_WINDOWS_PATHS);
  return new URL(/^\/\/[^/]/.test(slashed) ? `file:${slashed}` : `file:///${slashed.replace(/^\//, '')}`);
}

export const url = Object.defineProperties(
  {
    Url,
    resolve: resolveLegacy,
    resolveObject: resolveLegacyObject,
    parse: parseLegacy,
    format,
    urlToHttpOptions,
    domainToASCII,
    domainToUnicode,
    fileURLToPath,
    fileURLToPathBuffer,
    pathToFileURL,
  },
  { URL: whatwg('URL'), URLSearchParams: whatwg('URLSearchParams') },
);
