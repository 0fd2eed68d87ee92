/**
 * URLs whose parts stand as they are written, as most do, such as `postgres://user:pass@db.example:5432/name`. The package
 * goes through the standard's states for each of their characters.
 */
import { regExec, slice, split } from '../../primordials.ts';

/** As the package keeps a URL. */
export type UrlRecord = {
  readonly scheme: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number | null;
  readonly path: string[];
  readonly query: string | null;
  readonly fragment: null;
};

/** Nothing in them is encoded, decoded or taken for something else; no step of a path begins as one that leads nowhere or up. */
const NAME = '[\\w!$&()*+,.~%-]*';
const STEP = '(?:[\\w~-][\\w.~%-]*)?';
const PLAIN = new RegExp(
  `^([a-z][a-z0-9]*)://(?:(${NAME})(?::(${NAME}))?@)?([A-Za-z0-9.-]+)(?::(\\d{1,5}))?((?:/${STEP})*)(?:\\?([\\w!$&()*+,.~%=:@/-]*))?$`,
);
/** Where names of hosts have a meaning, those that are of small letters and look like no number and no other alphabet. */
const HOST = /^(?:(?!xn--)[a-z0-9-]+\.)*(?!xn--)[a-z][a-z0-9-]*$/;

const PORT_MAX = 65_535;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443, ftp: 21 };
const isSpecial = (scheme: string): boolean =>
  scheme === 'http' || scheme === 'https' || scheme === 'ws' || scheme === 'wss' || scheme === 'ftp';

function portOf(text: string | undefined, scheme: string): number | null {
  if (text === undefined) return null;
  const port = +text;
  return isSpecial(scheme) && port === DEFAULT_PORTS[scheme] ? null : port;
}

function pathOf(text: string, scheme: string): string[] {
  if (text !== '') return split(slice(text, 1), '/');
  return isSpecial(scheme) ? [''] : [];
}

/** What the package would make of the text; undefined for one that it has to look at itself. */
export function plainUrl(text: string): UrlRecord | undefined {
  const found = regExec(PLAIN, text);
  if (found === null) return undefined;
  const scheme = found[1] as string;
  const host = found[4] as string;
  if (scheme === 'file' || (isSpecial(scheme) && regExec(HOST, host) === null)) return undefined;
  if (found[5] !== undefined && +found[5] > PORT_MAX) return undefined;
  return {
    scheme,
    username: found[2] ?? '',
    password: found[3] ?? '',
    host,
    port: portOf(found[5], scheme),
    path: pathOf(found[6] as string, scheme),
    query: found[7] ?? null,
    fragment: null,
  };
}
