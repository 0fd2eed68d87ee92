/**
 * TypeScript to JavaScript by putting blanks in the place of types, so that every line and column stays its author's. The
 * parser reads a stranger's text, so it works here, behind the walls, and whoever asked ends this process when it takes
 * too long.
 */
import { stripTypeScriptTypes } from 'node:module';

export type Stripped =
  | { readonly javascript: string }
  | {
      readonly problem: {
        readonly name: string;
        readonly message: string;
        readonly line?: number;
        readonly column?: number;
      };
    };

const MESSAGE_CHARACTERS_MAX = 1024;
const IN_OTHER_WORDS = /^TypeScript (.+) is not supported in strip-only mode$/;

/** The parser tells the place as `:LINE`, the line itself, and marks under it, in front of the error's name. */
function placeOf(stack: string): { readonly line?: number; readonly column?: number } {
  const [place = '', ...shown] = stack.split('\n');
  const line = Number(/^[^\n]*:(\d+)$/.exec(place)?.[1] ?? 0);
  if (line === 0) return {};
  const column = shown.find((text) => /^[\s.|]*\^/.test(text))?.indexOf('^');
  return column === undefined ? { line } : { line, column: column + 1 };
}

function messageOf(error: Error): string {
  const construct = IN_OTHER_WORDS.exec(error.message)?.[1];
  return construct === undefined
    ? error.message.slice(0, MESSAGE_CHARACTERS_MAX)
    : `${construct} of TypeScript would have to be turned into other code, and only types are taken out: write it as JavaScript`;
}

/** What runs in a TypeScript source's place, or why there is nothing. */
export function stripTypes(source: string): Stripped {
  try {
    return { javascript: stripTypeScriptTypes(source, { mode: 'strip' }) };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error('The source cannot be read as TypeScript');
    return { problem: { name: 'SyntaxError', message: messageOf(error), ...placeOf(error.stack ?? '') } };
  }
}
