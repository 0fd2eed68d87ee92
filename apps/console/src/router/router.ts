import { useSyncExternalStore } from 'react';

/** Where the page is: `#/pools/p1/scripts/login?line=3` → parts and query. Nothing secret is ever put there. */
export type Place = { readonly parts: readonly string[]; readonly query: URLSearchParams };

/** Asked before a page is left; answers whether it may be. */
type Guard = () => Promise<boolean>;

let guard: Guard | undefined;
let current = location.hash;
const listeners = new Set<() => void>();

const arrive = (): void => {
  current = location.hash;
  for (const listener of listeners) listener();
};

/** The address has changed already, by a link or by the back button: put it back, ask, and only then leave. */
const onHashChange = async (): Promise<void> => {
  if (location.hash === current) return;
  const wanted = location.hash;
  if (guard !== undefined && pathOf(wanted) !== pathOf(current)) {
    history.replaceState(null, '', current === '' ? '#/' : current);
    if (!(await guard())) return;
    history.replaceState(null, '', wanted);
  }
  arrive();
};
addEventListener('hashchange', () => void onHashChange());

const pathOf = (hash: string): string => hash.split('?')[0] ?? '';

/** A link's address inside this page. */
export const href = (...parts: readonly string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`;

export const go = (hash: string): void => {
  location.hash = hash;
};

/** Replaces the query of the place, without a step in the browser's history. */
export const replaceQuery = (query: URLSearchParams): void => {
  const text = query.toString();
  history.replaceState(null, '', `${pathOf(current)}${text === '' ? '' : `?${text}`}`);
  arrive();
};

/** Sets who is asked before the page is left; answers how to take that back. */
export const guardLeaving = (ask: Guard): (() => void) => {
  guard = ask;
  return () => {
    if (guard === ask) guard = undefined;
  };
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The place, and again whenever it changes. */
export const usePlace = (): Place => placeOf(useSyncExternalStore(subscribe, () => current));

export const placeOf = (hash: string): Place => {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return { parts: path.split('/').filter(Boolean).map(decodePart), query: new URLSearchParams(query) };
};

const decodePart = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
