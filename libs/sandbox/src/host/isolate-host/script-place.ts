/** Places in a script, read from what V8 says. */
import { placeInScript, SCRIPT_NAME } from '../../bridge/script-source.ts';

const POSITION = new RegExp(`${SCRIPT_NAME.replace('.', '\\.')}:(\\d+):(\\d+)`);

export type Place = { readonly line?: number; readonly column?: number };

/** The first place of the tenant's own source in a message or stack, from 1. */
export function placeIn(text: string | undefined): Place {
  const match = POSITION.exec(text ?? '');
  return match === null ? {} : placeInScript(Number(match[1]), Number(match[2]));
}
