import { useSyncExternalStore } from 'react';

/** Where the page is: `#/pools/p1/scripts/login?line=3` → parts and query. Nothing secret is ever put there. */
export type Place = { readonly parts: readonly string[]; readonly query: URLSearchParams };

/** Asked before a page is left; answers whether it may be. */
type Guard = () => Promise<boolean>;

let guard: Guard | undefined;
let current = location.hash;
const listeners = new Set<() => void>();

/**
 * Each entry of the browser's history knows its number: only so can be told whether somebody went back, on, or by a link,
 * and how far the way is to the entry of the page that is shown. `here` is the address's, `shown` that of `current`.
 */
const numberOf = (state: unknown): number | undefined => (state as { readonly entry?: number } | null)?.entry;
let here = numberOf(history.state) ?? 0;
let shown = here;
history.replaceState({ entry: here }, '');

/** An entry without a number has been made just now: by a link, or by what was typed into the address bar. */
const findHere = (): void => {
  const known = numberOf(history.state);
  here = known ?? (location.hash === current ? shown : here + 1);
  if (known === undefined) history.replaceState({ entry: here }, '');
  if (location.hash === current) shown = here;
};
addEventListener('popstate', findHere);

const arrive = (): void => {
  current = location.hash;
  shown = here;
  for (const listener of listeners) listener();
};

/** The address has changed already, by a link or by the back button: ask, and go back to the entry left if it must not. */
const onHashChange = async (): Promise<void> => {
  findHere();
  const wanted = location.hash;
  if (wanted === current) return;
  if (guard !== undefined && pathOf(wanted) !== pathOf(current)) {
    const mayLeave = await guard();
    if (location.hash === current) return;
    // the entries between are all still there: nothing is overwritten
    if (!mayLeave) return history.go(shown - here);
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

/** Shows another place instead of this one, at once, and asks nobody whether this one may be left. */
export const goInstead = (hash: string): void => {
  history.replaceState(history.state, '', hash);
  arrive();
};

/** Replaces the query of the place, without a step in the browser's history. */
export const replaceQuery = (query: URLSearchParams): void => {
  const text = query.toString();
  goInstead(`${pathOf(current)}${text === '' ? '' : `?${text}`}`);
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
