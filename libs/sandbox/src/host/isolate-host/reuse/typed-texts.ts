/**
 * What a run was given, which its user may have typed. A session that is let in by such a text is a user's own: only its
 * server knows whether that user may come in today, so it is neither kept nor given to anybody.
 */
import { credentialMark } from './session-key.ts';

/** Arguments beyond these are not looked through. */
const CHARACTERS_MAX = 64 * 1024;
const TEXTS_MAX = 1000;
const DEPTH_MAX = 32;

export type TypedTexts = {
  /** Whether one of the marks is that of a text in the arguments, or may be. */
  holdAny(marks: readonly string[]): boolean;
};

/** Adds all texts below a value, and numbers as texts; false where it is more than is looked through. */
function collect(value: unknown, texts: Set<string>, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'number') texts.add(String(value));
  if (depth === 0 || texts.size > TEXTS_MAX) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((one) => collect(one, texts, depth - 1));
}

function textsIn(argsJson: string | undefined): ReadonlySet<string> | undefined {
  const texts = new Set<string>();
  if (argsJson === undefined || argsJson.length > CHARACTERS_MAX) return undefined;
  const args: unknown = JSON.parse(argsJson);
  // The last one is the context, which no user types: its pool may well be named as the database's user is.
  const typed = Array.isArray(args) && args.length > 1 ? args.slice(0, -1) : args;
  return collect(typed, texts, DEPTH_MAX) ? texts : undefined;
}

/** Looks into the arguments when it is asked for the first time: most runs keep nothing that is let in by a name. */
export function createTypedTexts(argsJson: string | undefined, scope: string): TypedTexts {
  let marks: ReadonlySet<string> | undefined;
  let isKnown = false;
  const find = (): void => {
    isKnown = true;
    const texts = textsIn(argsJson);
    marks = texts && new Set([...texts].map((text) => credentialMark(scope, text)));
  };
  return {
    holdAny(wanted) {
      if (wanted.length === 0) return false;
      if (!isKnown) find();
      return marks === undefined || wanted.some((mark) => marks?.has(mark));
    },
  };
}
