import { findCutEncoded } from './encoded-runs.ts';
import type { Needles, Span } from './find-needles.ts';
import { plainReadings, withoutCutEscape } from './plain-reading.ts';

/** The shortest length at which the sandbox cuts a text and does not say so. */
const CUT_LENGTH = 256;

const cutSpan = (text: string, needles: Needles): Span[] => {
  const end = withoutCutEscape(text);
  const starts = [
    needles.findCut(end),
    ...plainReadings(end).map(({ text: plain, source }) => {
      const start = needles.findCut(plain);
      return start === undefined ? undefined : source([start, start + 1])[0];
    }),
    findCutEncoded(text, (bytes) => needles.findCut(bytes) !== undefined),
  ].filter((start) => start !== undefined);
  return starts.length > 0 ? [[Math.min(...starts), text.length]] : [];
};

/** Where the beginning of a needle stands at the end of a text that may have been cut within it. */
export const findCut = (text: string, needles: Needles): Span[] => {
  if (text.endsWith('\u2026')) return cutSpan(text.slice(0, -1), needles);
  return text.length >= CUT_LENGTH ? cutSpan(text, needles) : [];
};

/** What JSON.parse shows of a text that is none: ten characters before where it fails, and ten behind. */
const EXCERPT = /(?<=\.{3})(?:(?!\.{3}).){1,40}(?=(?:\.{3})? is not valid JSON)/gs;

/** Excerpts that begin within a needle: what is left of it there is no needle. */
export const findExcerpts = (text: string, needles: Needles): readonly Span[] => {
  if (!text.includes('JSON')) return [];
  return plainReadings(text).flatMap(({ text: plain, source }) =>
    Array.from(plain.matchAll(EXCERPT)).flatMap(({ 0: excerpt, index }) =>
      needles.beginsWithin(excerpt) ? [source([index, index + excerpt.length])] : [],
    ),
  );
};
