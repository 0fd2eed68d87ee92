/** `onread` of a socket. */

/** Instead of `data`: what comes is put into a buffer of the script. */
export type OnRead = {
  readonly buffer: Uint8Array | (() => Uint8Array);
  readonly callback: (bytes: number, buffer: Uint8Array) => unknown;
};

/**
 * Hands bytes to the script's own buffer, piece by piece; false when its callback wants no more for now. A function is
 * asked for the first buffer before there is anything, and for the next one as soon as one is used.
 */
export function createReadInto({ buffer, callback }: OnRead): (chunk: Uint8Array) => boolean {
  let target: Uint8Array | undefined;
  const next = (): Uint8Array => (typeof buffer === 'function' ? buffer() : buffer);
  return (chunk) => {
    let wantsMore = true;
    for (let at = 0; at < chunk.length; ) {
      const into = target ?? next();
      const piece = chunk.subarray(at, at + into.length);
      into.set(piece);
      at += piece.length;
      if (callback(piece.length, into) === false) wantsMore = false;
      target = next();
    }
    return wantsMore;
  };
}
