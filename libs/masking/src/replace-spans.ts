import type { Span } from './find-needles.ts';

/** Where a text has what nobody may read; `undefined`: nothing of the text may be left. */
export type Find = (text: string) => readonly Span[] | undefined;

/** Takes out of texts what nobody may read. */
export type TextMask = ((text: string) => string) & { readonly find: Find; readonly replacement: string };

/** Without a replacement it stays as it is, unless it overlaps with what does not. */
type Mark = { readonly from: number; readonly to: number; readonly replacement: string | undefined };

const marksOf = (spans: readonly Span[], replacement: string | undefined): Mark[] =>
  spans.map(([from, to]) => ({ from, to, replacement }));

/** Those that overlap are one. */
const joined = (marks: readonly Mark[]): readonly Mark[] => {
  const groups: Mark[] = [];
  for (const mark of marks.toSorted((a, b) => a.from - b.from)) {
    const last = groups.at(-1);
    if (last === undefined || mark.from >= last.to) groups.push(mark);
    else {
      const replacement = last.replacement ?? mark.replacement;
      groups[groups.length - 1] = { from: last.from, to: Math.max(last.to, mark.to), replacement };
    }
  }
  return groups;
};

const replaced = (text: string, marks: readonly Mark[]): string => {
  const parts: string[] = [];
  let done = 0;
  for (const { from, to, replacement } of joined(marks)) {
    if (replacement === undefined) continue;
    parts.push(text.slice(done, from), replacement);
    done = to;
  }
  return [...parts, text.slice(done)].join('');
};

/** What is to be replaced; a text: that is all that may be left. */
const marksIn = (text: string, masks: readonly TextMask[]): Mark[] | string => {
  const marks: Mark[][] = [];
  for (const { find, replacement } of masks) {
    const spans = find(text);
    if (spans === undefined) return replacement;
    marks.push(marksOf(spans, replacement));
  }
  return marks.flat();
};

/**
 * Masks what any of the masks finds, each of them in the text as it was given: what is left of a value in which another was
 * masked before would not be found. What `beside` finds may be read, but no rest of it where a part of it is masked.
 */
export const masksTogether =
  (masks: readonly TextMask[], beside: readonly TextMask[] = []) =>
  (text: string): string => {
    const found = text === '' ? [] : marksIn(text, masks);
    if (typeof found === 'string') return found;
    if (found.length === 0) return text;
    const around = marksIn(text, beside);
    if (typeof around === 'string') return around;
    return replaced(text, [...found, ...around.map((mark) => ({ ...mark, replacement: undefined }))]);
  };

/** Made when there is a first text to mask. */
export const lazyMask = (replacement: string, make: () => Find): TextMask => {
  let made: Find | undefined;
  const find: Find = (text) => {
    made ??= make();
    return made(text);
  };
  const mask = (text: string): string => masksTogether([whole])(text);
  const whole: TextMask = Object.assign(mask, { find, replacement });
  return whole;
};
