import type { Needles, Span } from './find-needles.ts';
import { plainReadings, withoutCutEscape } from './plain-reading.ts';

/** The shortest length at which the sandbox cuts a text and does not say so. */
const CUT_LENGTH = 256;

const cutSpan = (text: string, needles: Needles): Span[] => {
  const end = withoutCutEscape(text);
  const starts = [
    needles.findCut(end),
    ...plainReadings(end).flatMap(({ text: plain, source }) =>
      // An escape may have been within another one.
      Array.from(new Set([plain, withoutCutEscape(plain)])).map((read) => {
        const start = needles.findCut(read);
        return start === undefined ? undefined : source([start, start + 1])[0];
      }),
    ),
  ].filter((start) => start !== undefined);
  return starts.length > 0 ? [[Math.min(...starts), text.length]] : [];
};

const SIGN = '\u2026';

/** The text with the sign that it was cut, wherever it may have been. */
export const withCutSign = (text: string): string =>
  text.length >= CUT_LENGTH && !text.endsWith(SIGN) ? text + SIGN : text;

/** Where the beginning of a needle stands at the end of a text that may have been cut within it. */
export const findCut = (given: string, needles: Needles): Span[] => {
  const text = withCutSign(given);
  return text.endsWith(SIGN) ? cutSpan(text.slice(0, -1), needles) : [];
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
