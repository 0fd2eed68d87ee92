/** By what a kept session is known: hashes, as what a driver's session depends on may be a password. */
import { hash } from 'node:crypto';
import { sessionMark } from '../../../bridge/session-mark.ts';

/** Where a connection is to lead; `key` names a driver, and everything that one of its sessions depends on. */
export type Target = { readonly host: string; readonly port: number; readonly family: number; readonly key: unknown };

/** By what a session is found for a run that has not asked yet. */
export type Origin = { readonly scope: string; readonly host: string; readonly port: number; readonly mark: number };

/** What a connection must never be carried across, as one text: the script's text and everything in its environment. */
export const scopeOf = (parts: readonly string[]): string => hash('sha256', JSON.stringify(parts), 'base64');

/** Sessions with the same key are the same to a driver. */
export const keyOf = (scope: string, { host, port, family, key }: Target): string =>
  hash('sha256', JSON.stringify([scope, host, port, family, key]), 'base64');

export const originOf = (scope: string, { host, port, family, key }: Target): Origin => ({
  ...{ scope, host, port },
  mark: sessionMark(host, port, family, String(key)),
});
