/**
 * Large texts are converted in the host: what Node does in a millisecond per megabyte takes the isolate, which has no
 * native codecs, a hundred times as long. Small ones are not worth a crossing.
 */
import { ask } from '../bridge.ts';

const WORTH_IT = 4096;
const ENCODINGS: readonly unknown[] = ['utf8', 'utf-8', 'latin1', 'binary', 'hex', 'base64', 'utf16le', 'ucs2'];

/** The name by which the host knows an encoding. */
function knownAs(encoding: string): string | undefined {
  const name = encoding.toLowerCase();
  return ENCODINGS.includes(name) ? name : undefined;
}

/** Where nobody answers (between runs, or after too many questions) the isolate does it itself. */
function asked<T>(question: string, ...args: unknown[]): T | undefined {
  try {
    return ask(question, ...args) as T;
  } catch {
    return undefined;
  }
}

/** The text of many bytes; `undefined` where the caller shall make it. */
export function textFromHost(bytes: Uint8Array, encoding: string, start: number, end: number): string | undefined {
  const known = end - start < WORTH_IT ? undefined : knownAs(encoding);
  return known === undefined ? undefined : asked('text', new Uint8Array(bytes.subarray(start, end)), known);
}

/** The bytes of a long text; `undefined` where the caller shall make them. */
export function bytesFromHost(text: string, encoding = 'utf8'): Uint8Array<ArrayBuffer> | undefined {
  const known = text.length < WORTH_IT ? undefined : knownAs(encoding);
  return known === undefined ? undefined : asked('bytes', text, known);
}
