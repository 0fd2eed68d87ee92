/** A part of a text: from, and the first place behind it. */
export type Span = readonly [from: number, to: number];

/** Looks for needles, whatever their case. */
export type Needles = {
  readonly find: (text: string) => readonly Span[];
  readonly holds: (text: string) => boolean;
  /** Where a text's end begins that is the beginning of a needle, which was cut there. */
  readonly findCut: (text: string) => number | undefined;
  /** Whether a text, of which the beginning was cut off, begins within a needle. */
  readonly beginsWithin: (text: string) => boolean;
  /** Whether looking has taken too long. What was found is not everything then. */
  readonly isSpent: () => boolean;
};

/** Characters that may be compared in all texts of a run, beside one look at each place: some milliseconds. */
const COMPARED_MAX = 4_000_000;
/** Of a needle that was cut, so much is left at least: three characters end many a text. */
const CUT_MIN = 4;
/** What may be left of an escape, or of a character, within which a value was cut. */
const CUT_ESCAPE = String.raw`[\x80-\xff\ufffd]{0,3}(?:&?#\w{0,6}|&\w{0,8}|[ux][0-9a-f]{0,3}|[0-9a-f])?(?:%(?:25)*[0-9a-f]?)?`;
/** How engines and consoles say within a text that they have cut a value there. */
const CUT_SIGN = new RegExp(`${CUT_ESCAPE}["'\`\\\\]{0,4}(?:\\.{3}|\u2026)`, 'y');

const isCutAt = (text: string, at: number): boolean => {
  CUT_SIGN.lastIndex = at;
  return CUT_SIGN.test(text);
};

const foldedPoint = (point: string): string => {
  const lower = point.toUpperCase().toLowerCase();
  return lower.length === point.length ? lower : point;
};

const LATIN = /^[\0-\xff]*$/;

/** Of letters that are not Latin, some become several in another case, and the last sigma of a word is another one. */
const foldedLetters = (text: string): string => {
  const lower = text.toUpperCase().toLowerCase().replaceAll('\u03c2', '\u03c3');
  return lower.length === text.length ? lower : Array.from(text, foldedPoint).join('');
};

/** In one case, and each character where it was. Of Latin letters the micro sign alone has another one's lower case. */
const folded = (text: string): string =>
  LATIN.test(text) ? text.toLowerCase().replaceAll('\u00b5', '\u03bc') : foldedLetters(text);

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

const KEYS = 4096;

/** Of the three characters at a place: most places are told by it to begin no needle. */
const keyAt = (text: string, at: number): number =>
  (text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 4) ^ (text.charCodeAt(at + 2) << 7)) & (KEYS - 1);

/** What it costs to look at a needle, in characters that are compared. */
const LOOK_COST = 8;
/** So many characters the engine looks through as soon as one is compared. */
const LOOKED_THROUGH = 16;

/** How much of a needle's beginning is at a place of the text. */
const sameLength = (text: string, at: number, needle: string): number => {
  const end = Math.min(needle.length, text.length - at);
  let same = 0;
  while (same < end && text.charCodeAt(at + same) === needle.charCodeAt(same)) same += 1;
  return same;
};

const keysOf = (needles: Iterable<string>): Uint8Array => {
  const keys = new Uint8Array(KEYS);
  for (const needle of needles) keys[keyAt(needle, 0)] = 1;
  return keys;
};

/**
 * Looks for many needles at once, each of `lengthMin` characters (3 or more) at least: the time that it takes goes by the text,
 * not by the number of needles. Scripts choose both, so that it has an end.
 */
export const createNeedles = (needles: Iterable<string>, lengthMin: number): Needles => {
  const all = new Set(Array.from(needles, folded));
  const known = byBeginning(all, lengthMin);
  const keys = keysOf(known.keys());
  let longest = 0;
  let total = 0;
  for (const { length } of all) {
    longest = Math.max(longest, length);
    total += length;
  }
  let compared = 0;
  const isSpent = () => compared > COMPARED_MAX;
  const samePart = (text: string, at: number, needle: string): number => {
    const same = sameLength(text, at, needle);
    compared += LOOK_COST + same;
    return same;
  };
  /** How long what is there of needles is: the longest, or more of one that is said to be cut. */
  const lengthAt = (text: string, at: number): number => {
    let cut = 0;
    for (const needle of known.get(text.slice(at, at + lengthMin)) ?? []) {
      const same = isSpent() ? needle.length : samePart(text, at, needle);
      if (same === needle.length) return Math.max(same, cut);
      if (same > cut && isCutAt(text, at + same)) cut = same;
    }
    return cut;
  };
  const beginsWith = (text: string, at: number): boolean => {
    const length = text.length - at;
    const likely = length < lengthMin ? all : known.get(text.slice(at, at + lengthMin));
    for (const needle of likely ?? []) if (isSpent() || samePart(text, at, needle) === length) return true;
    return false;
  };
  /** Each place where one is, until `take` has enough. */
  const look = (given: string, take: (span: Span) => boolean): void => {
    const text = folded(given);
    const last = text.length - lengthMin;
    for (let at = 0; at <= last && !isSpent(); at += 1) {
      const length = keys[keyAt(text, at)] === 1 ? lengthAt(text, at) : 0;
      if (length > 0 && take([at, at + length])) return;
    }
  };
  return {
    isSpent,
    find: (text) => {
      const spans: Span[] = [];
      look(text, (span) => spans.push(span) === 0);
      return spans;
    },
    holds: (text) => {
      let found = false;
      look(text, () => {
        found = true;
        return true;
      });
      return found;
    },
    findCut: (given) => {
      const text = folded(given);
      for (let at = Math.max(0, text.length - longest); at + CUT_MIN <= text.length && !isSpent(); at += 1)
        if (keys[keyAt(text, at)] === 1 && beginsWith(text, at)) return at;
      return undefined;
    },
    beginsWithin: (given) => {
      compared += total / LOOKED_THROUGH;
      const beginning = folded(given).slice(0, CUT_MIN);
      return (
        isSpent() || (beginning.length === CUT_MIN && Array.from(all).some((needle) => needle.includes(beginning)))
      );
    },
  };
};
