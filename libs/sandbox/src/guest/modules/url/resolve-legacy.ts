/** Where a link leads from a page, in the legacy parser's way. */
import type { LegacyUrl } from './legacy.ts';

export const SLASHED = /^(?:https?|ftp|gopher|file|wss?):?$/;
export const HOSTLESS = /^javascript:?$/;

const isFile = (protocol: string | null): boolean => /^file:?$/.test(protocol ?? '');
const segments = (pathname: string | null): string[] => (pathname ? pathname.split('/') : []);
const isAbsolute = (pathname: string | null): boolean => pathname?.startsWith('/') === true;

function setPath(url: LegacyUrl, orNull: boolean): void {
  const { pathname, search } = url;
  if (pathname || search) url.path = `${pathname ?? ''}${search ?? ''}`;
  else if (orNull) url.path = null;
}

function takeQuery(result: LegacyUrl, { search, query }: LegacyUrl): void {
  result.search = search;
  result.query = query;
}

/** To another protocol that names hosts: without one, the path's first part is the host. */
function resolveForeign(result: LegacyUrl, to: LegacyUrl): void {
  const target = { ...to };
  result.protocol = target.protocol;
  result.pathname = target.pathname;
  if (!target.host && !isFile(target.protocol) && !HOSTLESS.test(target.protocol ?? '')) {
    const parts = (target.pathname || '').split('/');
    while (parts.length > 0 && !target.host) target.host = parts.shift() as string;
    target.host ||= '';
    target.hostname ||= '';
    if (parts[0] !== '') parts.unshift('');
    if (parts.length < 2) parts.unshift('');
    result.pathname = parts.join('/');
  }
  takeQuery(result, target);
  result.host = target.host || '';
  result.auth = target.auth;
  result.hostname = target.hostname || target.host;
  result.port = target.port;
  setPath(result, false);
  result.slashes ||= target.slashes;
}

/** Without `.` and `..`; gives how many steps lead out of the beginning. */
function withoutDots(parts: string[]): number {
  let up = 0;
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i];
    if (part === '.') parts.splice(i, 1);
    else if (part === '..') {
      parts.splice(i, 1);
      up += 1;
    } else if (up > 0) {
      parts.splice(i, 1);
      up -= 1;
    }
  }
  return up;
}

/** In protocols without slashes the host is the path's first part. */
function takeHost(result: LegacyUrl, host: string): void {
  const at = host.indexOf('@');
  result.host = at > 0 ? (host.split('@')[1] as string) : host;
  result.hostname = result.host;
  if (at > 0) result.auth = host.split('@')[0] as string;
}

function joinHost(parts: string[], host: string): void {
  if (parts[0] === '') parts[0] = host;
  else parts.unshift(host);
}

function takeAuthority(result: LegacyUrl, to: LegacyUrl): void {
  if (to.host || to.host === '') {
    if (result.host !== to.host) result.auth = null;
    result.host = to.host;
    result.port = to.port;
  }
  if (to.hostname || to.hostname === '') {
    if (result.hostname !== to.hostname) result.auth = null;
    result.hostname = to.hostname;
  }
}

function resolvePath(result: LegacyUrl, given: LegacyUrl): void {
  const to = { ...given };
  const isToAbsolute = Boolean(to.host) || isAbsolute(to.pathname);
  const removeAllDots = isToAbsolute || isAbsolute(result.pathname) || Boolean(result.host && to.pathname);
  let mustEndAbsolute = removeAllDots;
  let parts = segments(result.pathname);
  const toParts = segments(to.pathname);
  const isPsychotic = Boolean(result.protocol) && !SLASHED.test(result.protocol ?? '');
  if (isPsychotic) {
    if (result.host) joinHost(parts, result.host);
    Object.assign(result, { hostname: '', port: null, host: '' });
    if (to.protocol) {
      if (to.host) joinHost(toParts, to.host);
      Object.assign(to, { hostname: null, port: null, host: null });
      result.auth = null;
    }
    mustEndAbsolute &&= toParts[0] === '' || parts[0] === '';
  }
  if (isToAbsolute) {
    takeAuthority(result, to);
    takeQuery(result, to);
    parts = toParts;
  } else if (toParts.length > 0) {
    parts = [...parts.slice(0, -1), ...toParts];
    takeQuery(result, to);
  } else if (to.search !== null) {
    if (isPsychotic) takeHost(result, parts.shift() ?? '');
    takeQuery(result, to);
    setPath(result, true);
    return;
  }
  if (parts.length === 0) {
    result.pathname = null;
    result.path = result.search ? `/${result.search}` : null;
    return;
  }
  finishPath(result, to, parts, { isPsychotic, mustEndAbsolute, removeAllDots });
}

type Rules = { readonly isPsychotic: boolean; readonly mustEndAbsolute: boolean; readonly removeAllDots: boolean };

function finishPath(result: LegacyUrl, to: LegacyUrl, parts: string[], rules: Rules): void {
  const last = parts.at(-1);
  const isDots = last === '.' || last === '..';
  const hasTrailingSlash = last === '' || (isDots && Boolean(result.host || to.host || parts.length > 1));
  const up = withoutDots(parts);
  let { mustEndAbsolute } = rules;
  if (!mustEndAbsolute && !rules.removeAllDots) parts.unshift(...Array.from({ length: up }, () => '..'));
  if (mustEndAbsolute && parts[0] !== '') parts.unshift('');
  if (hasTrailingSlash && !parts.join('/').endsWith('/')) parts.push('');
  const startsAbsolute = parts[0] === '';
  if (rules.isPsychotic) takeHost(result, startsAbsolute ? '' : (parts.shift() ?? ''));
  mustEndAbsolute ||= Boolean(result.host) && parts.length > 0;
  if (mustEndAbsolute && !startsAbsolute) parts.unshift('');
  result.pathname = parts.length === 0 ? null : parts.join('/');
  if (parts.length === 0) result.path = null;
  setPath(result, false);
  result.auth = to.auth || result.auth;
  result.slashes ||= to.slashes;
}

/** Changes `result`, a copy of the page's URL, into where `to` leads. */
export function resolveInto(result: LegacyUrl, to: LegacyUrl): void {
  result.hash = to.hash;
  if (to.href === '') return;
  if (to.slashes && !to.protocol) {
    const { protocol: _protocol, ...rest } = to;
    Object.assign(result, rest);
    if (SLASHED.test(result.protocol ?? '') && result.hostname && !result.pathname) {
      result.pathname = '/';
      result.path = '/';
    }
  } else if (to.protocol && to.protocol !== result.protocol) {
    if (SLASHED.test(to.protocol)) resolveForeign(result, to);
    else Object.assign(result, to);
  } else resolvePath(result, to);
}
