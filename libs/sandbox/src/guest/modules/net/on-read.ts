/** `onread` of a socket. */

/** Instead of `data`: what comes is put into a buffer of the script. */
export type OnRead = {
  readonly buffer: Uint8Array | (() => Uint8Array);
  readonly callback: (bytes: number, buffer: Uint8Array) => unknown;
};

/** Hands bytes to the script's own buffer, piece by piece; false when its callback wants no more for now. */
export function readInto({ buffer, callback }: OnRead, chunk: Uint8Array): boolean {
  let wantsMore = true;
  for (let at = 0; at < chunk.length; ) {
    const target = typeof buffer === 'function' ? buffer() : buffer;
    const piece = chunk.subarray(at, at + target.length);
    target.set(piece);
    at += piece.length;
    if (callback(piece.length, target) === false) wantsMore = false;
  }
  return wantsMore;
}
