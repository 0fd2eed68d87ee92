import type { IncomingHttpHeaders } from 'node:http';

const CSRF_HEADER = 'x-userferry-csrf';

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/**
 * Why a call that a browser's cookie signs cannot be our own page's doing; `undefined`: it is. A page of another site can
 * send neither the header (it would need leave by CORS, which nobody is given here) nor another origin than its own.
 */
export const foreignCallProblem = (headers: IncomingHttpHeaders, host: string): string | undefined => {
  if (headers[CSRF_HEADER] !== '1') return `the header "${CSRF_HEADER}: 1" is missing`;
  const site = one(headers['sec-fetch-site']);
  if (site !== undefined && site !== 'same-origin') return 'the call comes from a page of another site';
  const { origin } = headers;
  if (origin !== undefined && hostOf(origin) !== host) return 'the call comes from a page of another site';
  return undefined;
};

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);
