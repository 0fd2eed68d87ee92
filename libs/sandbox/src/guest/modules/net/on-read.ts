/** `onread` of a socket. */

/** Instead of `data`: what comes is put into a buffer of the script. */
export type OnRead = {
  readonly buffer: Uint8Array | (() => Uint8Array);
  readonly callback: (bytes: number, buffer: Uint8Array) => unknown;
};

/**
 * Hands bytes to the script's own buffer, piece by piece; false when its callback, called on the socket, wants no more
 * for now. A function is asked for the next buffer as soon as one is used.
 */
export function createReadInto({ buffer, callback }: OnRead, socket: object): (chunk: Uint8Array) => boolean {
  let target: Uint8Array | undefined;
  const next = (): Uint8Array => (typeof buffer === 'function' ? buffer() : buffer);
  return (chunk) => {
    let wantsMore = true;
    for (let at = 0; at < chunk.length; ) {
      const into = target ?? next();
      const piece = chunk.subarray(at, at + into.length);
      into.set(piece);
      at += piece.length;
      if (Reflect.apply(callback, socket, [piece.length, into]) === false) wantsMore = false;
      target = next();
    }
    return wantsMore;
  };
}
