/** Places in a script, read from what V8 says. */
import { placeInScript, SCRIPT_NAME, wrapScript } from '../../bridge/script-source.ts';

const POSITION = new RegExp(`${SCRIPT_NAME.replace('.', '\\.')}:(\\d+):(\\d+)`);

export type Place = { readonly line?: number; readonly column?: number };
type SyntaxProblem = Place & { readonly message: string };
/** Says what V8 says about a text that does not parse, with the place in it. */
type Parser = { syntaxError(text: string): Promise<string | undefined> };

const TOO_MANY_BRACES = "Unexpected token '}'";
const ES_MODULE = /import statement outside a module|Unexpected token 'export'|import\.meta/;
const TYPOGRAPHIC_QUOTE = /[\u2018-\u201f]/;
const COMMON_JS = "scripts are CommonJS: const { Client } = require('pg'), and the function without export";

/**
 * What is wrong with a source that does not parse, as its author counts; undefined when it does. A brace too many closes the
 * function that we put around it, and V8 finds fault with what follows: the source by itself tells which brace it is.
 */
export async function findSyntaxProblem(
  source: string,
  functionName: string,
  parser: Parser,
): Promise<SyntaxProblem | undefined> {
  const found = await parser.syntaxError(wrapScript(source, functionName));
  if (found === undefined) return undefined;
  const alone = (await parser.syntaxError(source)) ?? '';
  if (!alone.startsWith(TOO_MANY_BRACES)) return wrappedProblem(found, source);
  const [, line, column] = POSITION.exec(alone) ?? [];
  return { message: TOO_MANY_BRACES, ...(line && { line: Number(line), column: Number(column) }) };
}

/** What V8 meets behind the last line is our own text: there the source ended too early. */
function wrappedProblem(found: string, source: string): SyntaxProblem {
  const place = placeIn(found);
  const lines = source.split('\n');
  if (place.line !== undefined && place.line > lines.length) {
    return { message: 'Unexpected end of input', line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  }
  const said = (found.split('\n')[0] as string).replace(/ \[script\.js:\d+:\d+\]$/, '');
  const instead = insteadOf(said, charAt(source, place));
  return { message: instead === undefined ? said : `${said}: ${instead}`, ...place };
}

const charAt = (source: string, { line = 0, column = 0 }: Place): string =>
  source.split('\n')[line - 1]?.[column - 1] ?? '';

/** What its author should have written, where it is known. */
function insteadOf(said: string, char: string): string | undefined {
  if (ES_MODULE.test(said)) return COMMON_JS;
  return TYPOGRAPHIC_QUOTE.test(char) ? `${char} is no quotation mark of JavaScript: write " or '` : undefined;
}

/** The first place of the tenant's own source in a message or stack, from 1. */
export function placeIn(text: string | undefined): Place {
  const match = POSITION.exec(text ?? '');
  return match === null ? {} : placeInScript(Number(match[1]), Number(match[2]));
}
