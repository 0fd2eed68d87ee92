/** The headers of a message that came, in the forms in which Node shows them. */

/** Headers of which only the first counts, as Node documents them. */
const FIRST_ONLY = new Set(
  (
    'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since ' +
    'last-modified location max-forwards proxy-authorization referer retry-after server user-agent'
  ).split(' '),
);

export type Headers = Record<string, string | string[] | undefined>;
export type DistinctHeaders = Record<string, string[]>;

/** Adds one header to those that are there already. */
export function addHeader(headers: Headers, rawName: string, value: string, joinsDuplicates: boolean): void {
  const name = rawName.toLowerCase();
  const before = headers[name];
  if (name === 'set-cookie') {
    if (Array.isArray(before)) before.push(value);
    else headers[name] = [value];
  } else if (FIRST_ONLY.has(name)) {
    if (before === undefined) headers[name] = value;
    else if (joinsDuplicates) headers[name] = `${before}, ${value}`;
  } else headers[name] = typeof before === 'string' ? `${before}${name === 'cookie' ? '; ' : ', '}${value}` : value;
}

/** `raw` has names and values in turn. */
export function gather(raw: readonly string[], joinsDuplicates: boolean): Headers {
  const headers: Headers = {};
  for (let at = 0; at + 1 < raw.length; at += 2) {
    addHeader(headers, raw[at] as string, raw[at + 1] as string, joinsDuplicates);
  }
  return headers;
}

export function addDistinct(headers: DistinctHeaders, rawName: string, value: string): void {
  const name = rawName.toLowerCase();
  const before = headers[name];
  if (before) before.push(value);
  else headers[name] = [value];
}

/** Every value on its own. */
export function gatherDistinct(raw: readonly string[]): DistinctHeaders {
  const headers: DistinctHeaders = Object.create(null);
  for (let at = 0; at + 1 < raw.length; at += 2) addDistinct(headers, raw[at] as string, raw[at + 1] as string);
  return headers;
}
