import type { Span } from './find-hashes.ts';

/** Where the needles are in a text, whatever their case; `undefined`: looking for them all would take too long. */
export type FindNeedles = (text: string) => readonly Span[] | undefined;

/** Characters that may be compared in all texts of a run, beside one look at each place: some milliseconds. */
const COMPARED_MAX = 4_000_000;

const foldedPoint = (point: string): string => {
  const lower = point.toUpperCase().toLowerCase();
  return lower.length === point.length ? lower : point;
};

const ASCII = /^[\0-\x7f]*$/;

/** In one case, and each character where it was. */
const folded = (text: string): string =>
  ASCII.test(text) ? text.toLowerCase() : Array.from(text, foldedPoint).join('');

/** By how they begin, the longest first: where one is found, what is shorter is in it. */
const byBeginning = (needles: Iterable<string>, length: number): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const needle of needles) {
    const beginning = needle.slice(0, length);
    const others = found.get(beginning);
    if (others === undefined) found.set(beginning, [needle]);
    else others.push(needle);
  }
  for (const others of found.values()) others.sort((a, b) => b.length - a.length);
  return found;
};

/**
 * Looks for many needles at once, each of `lengthMin` characters at least: the time that it takes goes by the text, not by the
 * number of needles. Scripts choose both, so that it has an end.
 */
export const createFindNeedles = (needles: readonly string[], lengthMin: number): FindNeedles => {
  const known = byBeginning(new Set(needles.map(folded)), lengthMin);
  let compared = 0;
  const longestAt = (text: string, at: number): string | undefined =>
    known.get(text.slice(at, at + lengthMin))?.find((needle) => {
      compared += needle.length;
      return compared > COMPARED_MAX || text.startsWith(needle, at);
    });
  return (given) => {
    const text = folded(given);
    const spans: Span[] = [];
    for (let at = 0; at + lengthMin <= text.length && compared <= COMPARED_MAX; at += 1) {
      const needle = longestAt(text, at);
      if (needle !== undefined) spans.push([at, at + needle.length]);
    }
    return compared > COMPARED_MAX ? undefined : spans;
  };
};
