/** By what a kept session is known: hashes, as what a driver's session depends on may be a password. */
import { hash } from 'node:crypto';
import { sessionMark } from '../../../bridge/session-mark.ts';

/** Where a connection is to lead; `key` names a driver, and everything that one of its sessions depends on. */
export type Target = { readonly host: string; readonly port: number; readonly family: number; readonly key: unknown };

/** By what a session is found for a run that has not asked yet; `credentials` are the marks of all that it is let in by. */
export type Origin = Readonly<{
  scope: string;
  host: string;
  port: number;
  mark: number;
  credentials: readonly string[];
}>;

/** What a connection must never be carried across, as one text: the script's text and everything in its environment. */
export const scopeOf = (parts: readonly string[]): string => hash('sha256', JSON.stringify(parts), 'base64');

/** Sessions with the same key are the same to a driver. */
export const keyOf = (scope: string, { host, port, family, key }: Target): string =>
  hash('sha256', JSON.stringify([scope, host, port, family, key]), 'base64');

/** By what a text is known that a session may be let in by. */
export const credentialMark = (scope: string, text: string): string =>
  hash('sha256', JSON.stringify([scope, text]), 'base64');

/** A request brings with it by what it is let in. */
const WITHOUT_CREDENTIALS = 'http';

const textsIn = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** The marks of what the session is let in by, which the driver tells in the key's first line; undefined where it does not. */
export function credentialsIn(scope: string, driver: string, key: string): readonly string[] | undefined {
  if (driver === WITHOUT_CREDENTIALS) return [];
  const texts = textsIn(key.slice(driver.length + 1, Math.max(0, key.indexOf('\n'))));
  if (!Array.isArray(texts)) return undefined;
  return texts.flatMap((text) => (typeof text === 'string' && text !== '' ? credentialMark(scope, text) : []));
}

export const originOf = (
  scope: string,
  { host, port, family, key }: Target,
  credentials: readonly string[],
): Origin => ({ scope, host, port, credentials, mark: sessionMark(host, port, family, String(key)) });
