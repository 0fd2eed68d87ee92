/** `Certificate`: what a browser's old `keygen` element sends. */

import { toBytes } from './bytes.ts';
import { callNative } from './native.ts';

const read =
  (name: string) =>
  (spkac: unknown, encoding?: string): unknown =>
    callNative(name, typeof spkac === 'string' ? toBytes(spkac, encoding, 'spkac') : spkac);

const functions = {
  verifySpkac: read('verifySpkac'),
  exportChallenge: read('exportChallenge'),
  exportPublicKey: read('exportPublicKey'),
};

/** May be called with or without `new`; its functions are on it and on what it makes. */
export function Certificate(): object {
  return Object.create(Certificate.prototype) as object;
}
Object.assign(Certificate, functions);
Object.assign(Certificate.prototype as object, functions);
