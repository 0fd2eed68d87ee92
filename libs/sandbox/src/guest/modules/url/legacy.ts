/** The legacy parser of `url`: what it makes of a host decides where a script connects. */
import { toASCII } from '../../idna.ts';
import { nodeError, validateString } from '../node-errors.ts';
import { querystring } from '../querystring.ts';
import { HOSTLESS, resolveInto, SLASHED } from './resolve-legacy.ts';

export type LegacyUrl = {
  protocol: string | null;
  slashes: boolean | null;
  auth: string | null;
  host: string | null;
  port: string | null;
  hostname: string | null;
  hash: string | null;
  search: string | null;
  query: string | null | object;
  pathname: string | null;
  path: string | null;
  href: string | null;
};
const PROTOCOL = /^[a-z0-9.+-]+:/i;
const HOST_WITH_USER = /^\/\/[^@/]+@[^@/]+/;
const SIMPLE_PATH = /^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/;
const ENDS_HOST = /[/?#]/;
const NOT_IN_HOST = /[ "%';<>\\^`{|}/?#]/;
const FORBIDDEN_IN_HOST = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const FORBIDDEN_IN_IPV6 = /[\0\t\n\r #%/<>?@\\^|]/;
const ESCAPED = /[\t\n\r "'<>\\^`{|}]/g;
const HOSTNAME_MAX = 255;
const NO_BREAK_SPACES = '\\u00a0\\ufeff';
const AROUND = new RegExp(`^[\\u0000- ${NO_BREAK_SPACES}]+|[\\u0000- ${NO_BREAK_SPACES}]+$`, 'g');

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Without the space around it; backslashes before the query are slashes. */
function prepared(text: string): string {
  const trimmed = text.replace(AROUND, '');
  const end = trimmed.search(/[?#]/);
  const head = end === -1 ? trimmed : trimmed.slice(0, end);
  return head.replaceAll('\\', '/') + trimmed.slice(head.length);
}

const isIpv6 = (hostname: string): boolean => hostname.startsWith('[') && hostname.endsWith(']');

/** The host as it may be looked up; throws for what is none. */
function checkedHostname(hostname: string, input: string): string {
  const short = hostname.length > HOSTNAME_MAX ? '' : hostname.toLowerCase();
  if (short === '') return '';
  const name = isIpv6(short) ? short : (toASCII(short) ?? '');
  const forbidden = isIpv6(short) ? FORBIDDEN_IN_IPV6 : FORBIDDEN_IN_HOST;
  if (name !== '' && !forbidden.test(name)) return name;
  throw Object.assign(nodeError(TypeError, 'ERR_INVALID_URL', 'Invalid URL'), { input });
}

/** Reads user, host and port from the beginning; gives what comes after them. */
function readHost(url: LegacyUrl, given: string, input: string): string {
  const clean = given.search(ENDS_HOST) === -1 ? given.length : given.search(ENDS_HOST);
  const text = given.slice(0, clean).replace(/[\t\n\r]/g, '') + given.slice(clean);
  const end = text.search(ENDS_HOST);
  const authority = end === -1 ? text : text.slice(0, end);
  const at = authority.lastIndexOf('@');
  if (at !== -1) url.auth = decodeURIComponent(authority.slice(0, at));
  const afterUser = text.slice(at + 1);
  const stop = afterUser.search(NOT_IN_HOST);
  const host = stop === -1 ? afterUser : afterUser.slice(0, stop);
  let rest = stop === -1 ? '' : afterUser.slice(stop);
  const port = /:[0-9]*$/.exec(host)?.[0] ?? '';
  if (port !== '' && port !== ':') url.port = port.slice(1);
  let hostname = host.slice(0, host.length - port.length);
  const colon = isIpv6(hostname) ? -1 : hostname.search(/[/\\#?:]/);
  if (colon !== -1) {
    rest = `/${hostname.slice(colon)}${rest}`;
    hostname = hostname.slice(0, colon);
  }
  const checked = checkedHostname(hostname, input);
  url.host = checked + (url.port === null ? '' : `:${url.port}`);
  url.hostname = isIpv6(checked) ? checked.slice(1, -1) : checked;
  return isIpv6(checked) && !rest.startsWith('/') ? `/${rest}` : rest;
}

function readRest(url: LegacyUrl, rest: string, parseQuery: boolean): void {
  const hash = rest.indexOf('#');
  if (hash !== -1) url.hash = rest.slice(hash);
  const before = hash === -1 ? rest : rest.slice(0, hash);
  const question = before.indexOf('?');
  if (question !== -1) {
    url.search = before.slice(question);
    url.query = before.slice(question + 1);
    if (parseQuery) url.query = querystring.parse(url.query);
  } else if (parseQuery) {
    url.search = null;
    url.query = Object.create(null) as object;
  }
  const pathname = question === -1 ? before : before.slice(0, question);
  if (pathname !== '') url.pathname = pathname;
}

function readSimplePath(url: LegacyUrl, text: string, parseQuery: boolean): boolean {
  const [, pathname, search] = SIMPLE_PATH.exec(text) ?? [];
  if (pathname === undefined) return false;
  url.path = text;
  url.href = text;
  url.pathname = pathname;
  if (search !== undefined) {
    url.search = search;
    url.query = parseQuery ? querystring.parse(search.slice(1)) : search.slice(1);
  } else if (parseQuery) {
    url.search = null;
    url.query = Object.create(null) as object;
  }
  return true;
}

function parse(this: LegacyUrl, input: unknown, parseQuery?: boolean, slashesDenoteHost?: boolean): LegacyUrl {
  validateString(input, 'url');
  let rest = prepared(input as string);
  const isPlain = !slashesDenoteHost && !rest.includes('#') && !/^[^?]*@/.test(rest);
  if (isPlain && readSimplePath(this, rest, parseQuery === true)) return this;
  const given = PROTOCOL.exec(rest)?.[0];
  const protocol = given?.toLowerCase() ?? '';
  if (given !== undefined) {
    this.protocol = protocol;
    rest = rest.slice(given.length);
  }
  const isHostless = HOSTLESS.test(protocol);
  const mayHaveHost = slashesDenoteHost || given !== undefined || HOST_WITH_USER.test(rest);
  const hasSlashes = mayHaveHost && rest.startsWith('//');
  if (hasSlashes && !isHostless) {
    rest = rest.slice(2);
    this.slashes = true;
  }
  if (!isHostless && (hasSlashes || (given !== undefined && !SLASHED.test(given)))) {
    rest = readHost(this, rest, input as string);
  }
  readRest(this, isHostless ? rest : rest.replace(ESCAPED, percent), parseQuery === true);
  if (SLASHED.test(protocol) && this.hostname && !this.pathname) this.pathname = '/';
  if (this.pathname || this.search) this.path = `${this.pathname ?? ''}${this.search ?? ''}`;
  this.href = format.call(this);
  return this;
}

function hostText({ auth, host, hostname, port }: LegacyUrl): string {
  const user = auth ? `${encodeURIComponent(auth).replace(/%3A/gi, ':')}@` : '';
  if (host) return user + host;
  if (!hostname) return '';
  const name = hostname.includes(':') && !isIpv6(hostname) ? `[${hostname}]` : hostname;
  return `${user}${name}${port ? `:${port}` : ''}`;
}

const withStart = (text: string, start: string): string =>
  text === '' || text.startsWith(start) ? text : start + text;

function format(this: LegacyUrl): string {
  let protocol = this.protocol || '';
  if (protocol !== '' && !protocol.endsWith(':')) protocol += ':';
  const query = this.query !== null && typeof this.query === 'object' ? querystring.stringify(this.query) : '';
  const search = this.search || (query === '' ? '' : `?${query}`);
  let pathname = (this.pathname || '').replace(/[#?]/g, percent);
  let host = hostText(this);
  if (this.slashes || SLASHED.test(protocol)) {
    if (this.slashes || host) {
      pathname = withStart(pathname, '/');
      host = `//${host}`;
    } else if (protocol.startsWith('file')) host = '//';
  }
  return `${protocol}${host}${pathname}${withStart(search.replaceAll('#', '%23'), '?')}${withStart(this.hash || '', '#')}`;
}

/** A URL in its parts, as Node's own class has them. */
export class Url implements LegacyUrl {
  protocol: string | null = null;
  slashes: boolean | null = null;
  auth: string | null = null;
  host: string | null = null;
  port: string | null = null;
  hostname: string | null = null;
  hash: string | null = null;
  search: string | null = null;
  query: string | null | object = null;
  pathname: string | null = null;
  path: string | null = null;
  href: string | null = null;

  parse(text: unknown, parseQuery?: boolean, slashesDenoteHost?: boolean): this {
    parse.call(this, text, parseQuery, slashesDenoteHost);
    return this;
  }
  format(): string {
    return format.call(this);
  }
  resolve(to: unknown): string {
    return this.resolveObject(parseLegacy(to, false, true)).format();
  }
  resolveObject(to: unknown): Url {
    const target = typeof to === 'string' ? new Url().parse(to, false, true) : (to as LegacyUrl);
    const result = Object.assign(new Url(), this);
    resolveInto(result, target);
    result.href = result.format();
    return result;
  }
}

/** Any URL as the legacy parser takes it apart; what is one already is given back. */
export const parseLegacy = (text: unknown, parseQuery?: boolean, slashesDenoteHost?: boolean): Url =>
  text instanceof Url ? text : new Url().parse(text, parseQuery, slashesDenoteHost);

export const formatLegacy = (url: object): string => format.call(url as LegacyUrl);

export const resolveLegacy = (from: unknown, to: unknown): string => parseLegacy(from, false, true).resolve(to);

export const resolveLegacyObject = (from: unknown, to: unknown): unknown =>
  from ? parseLegacy(from, false, true).resolveObject(to) : to;
