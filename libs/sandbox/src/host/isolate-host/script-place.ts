/** Places in a script, read from what V8 says. */
import { placeInScript, SCRIPT_NAME } from '../../bridge/script-source.ts';

const POSITION = new RegExp(`${SCRIPT_NAME.replace('.', '\\.')}:(\\d+):(\\d+)`);

export type Place = { readonly line?: number; readonly column?: number };

/**
 * What V8 says about a wrapped source that does not parse, as its author counts. What V8 meets behind the last line is our
 * own text: there the source ended too early.
 */
export function syntaxProblem(found: string, source: string): Place & { readonly message: string } {
  const place = placeIn(found);
  const lines = source.split('\n');
  if (place.line !== undefined && place.line > lines.length) {
    return { message: 'Unexpected end of input', line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  }
  return { message: (found.split('\n')[0] as string).replace(/ \[script\.js:\d+:\d+\]$/, ''), ...place };
}

/** The first place of the tenant's own source in a message or stack, from 1. */
export function placeIn(text: string | undefined): Place {
  const match = POSITION.exec(text ?? '');
  return match === null ? {} : placeInScript(Number(match[1]), Number(match[2]));
}
