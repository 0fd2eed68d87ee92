import type { Span } from './find-needles.ts';

/** A text as it reads once what was done to write it down somewhere is undone. */
export type Reading = {
  readonly text: string;
  /** The part of the text as it was given that reads so. */
  readonly source: (span: Span) => Span;
};

/** A part that was written anew: where it stands in the reading, and where it stood. */
type Edit = { readonly at: number; readonly end: number; readonly from: number; readonly to: number };

/** The last edit that begins at this place of the reading, or before. */
const editAt = (edits: readonly Edit[], place: number): Edit | undefined => {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle] as Edit).at <= place) low = middle + 1;
    else high = middle;
  }
  return edits[low - 1];
};

const sourceOf =
  (edits: readonly Edit[]) =>
  ([from, to]: Span): Span => {
    const first = editAt(edits, from);
    const last = editAt(edits, to - 1);
    const start = first === undefined ? from : from < first.end ? first.from : first.to + from - first.end;
    const end = last === undefined ? to : to - 1 < last.end ? last.to : last.to + to - last.end;
    return [start, end];
  };

/** What was done to write a text down, and how it is undone. */
export type Undo = {
  readonly isIn: (text: string) => boolean;
  readonly pattern: RegExp;
  readonly read: (token: string) => string;
};

export const undone = (reading: Reading, { isIn, pattern, read }: Undo): Reading => {
  const { text } = reading;
  if (!isIn(text)) return reading;
  const parts: string[] = [];
  const edits: Edit[] = [];
  let from = 0;
  let at = 0;
  for (const { 0: token, index } of text.matchAll(pattern)) {
    const written = read(token);
    const to = index + token.length;
    at += index - from;
    parts.push(text.slice(from, index), written);
    edits.push({ at, end: at + written.length, from: index, to });
    at += written.length;
    from = to;
  }
  if (edits.length === 0) return reading;
  const inner = sourceOf(edits);
  return { text: parts.join('') + text.slice(from), source: (span) => reading.source(inner(span)) };
};
