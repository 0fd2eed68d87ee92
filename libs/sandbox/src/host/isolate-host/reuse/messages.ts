/** The outline of a stream of PostgreSQL's messages: a byte for the kind, four for the length, then the body. */

/** `first` is the first byte of the body, 0 where there is none. */
export type OnMessage = (kind: string, first: number) => void;

export type MessageReader = {
  push(bytes: Buffer): void;
  /** Whether the last message is whole. */
  isBetween(): boolean;
  /** Whether something came that cannot be a message; nothing is read from there on. */
  isLost(): boolean;
};

const HEAD_BYTES = 5;

/**
 * Looks at heads alone and keeps no bodies: what passes may be of any size, and is hostile. `onBody` is given what follows the
 * first byte of a body, as it comes, and the kind.
 */
export function createMessageReader(
  onMessage: OnMessage,
  onBody?: (bytes: Buffer, kind: string) => void,
): MessageReader {
  const head = Buffer.alloc(HEAD_BYTES + 1);
  let have = 0;
  let toSkip = 0;
  let isLost = false;

  /** Called when the head is there, and again with the first byte of the body. */
  const onHead = (): void => {
    const bodyBytes = head.readUInt32BE(1) - 4;
    if (bodyBytes < 0) isLost = true;
    if (isLost || (bodyBytes > 0 && have === HEAD_BYTES)) return;
    const first = bodyBytes > 0 ? (head[HEAD_BYTES] as number) : 0;
    toSkip = Math.max(0, bodyBytes - 1);
    have = 0;
    onMessage(String.fromCharCode(head[0] as number), first);
  };
  return {
    isBetween: () => have === 0 && toSkip === 0 && !isLost,
    isLost: () => isLost,
    push(bytes) {
      let at = 0;
      while (at < bytes.length && !isLost) {
        if (toSkip > 0) {
          const skipped = Math.min(toSkip, bytes.length - at);
          onBody?.(bytes.subarray(at, at + skipped), String.fromCharCode(head[0] as number));
          toSkip -= skipped;
          at += skipped;
          continue;
        }
        head[have] = bytes[at] as number;
        have += 1;
        at += 1;
        if (have >= HEAD_BYTES) onHead();
      }
    },
  };
}
