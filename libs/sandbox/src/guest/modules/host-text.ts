/**
 * Large texts are converted in the host: what Node does in a millisecond per megabyte takes the isolate, which has no
 * native codecs, a hundred times as long. Small ones are not worth a crossing.
 */
import { ask } from '../bridge.ts';

const WORTH_IT = 4096;
const ENCODINGS: readonly unknown[] = ['utf8', 'utf-8', 'latin1', 'binary', 'hex', 'base64', 'utf16le', 'ucs2'];

/** Where nobody answers (between runs, or after too many questions) the isolate does it itself. */
function asked<T>(question: string, ...args: unknown[]): T | undefined {
  try {
    return ask(question, ...args) as T;
  } catch {
    return undefined;
  }
}

/** The text of many bytes; `undefined` where the caller shall make it. */
export function textFromHost(bytes: Uint8Array, encoding: unknown = 'utf8'): string | undefined {
  if (bytes.byteLength < WORTH_IT || !ENCODINGS.includes(encoding)) return undefined;
  return asked('text', new Uint8Array(bytes), encoding);
}

/** The bytes of a long text; `undefined` where the caller shall make them. */
export function bytesFromHost(text: string, encoding: unknown = 'utf8'): Uint8Array<ArrayBuffer> | undefined {
  if (text.length < WORTH_IT || !ENCODINGS.includes(encoding)) return undefined;
  return asked('bytes', text, encoding);
}
