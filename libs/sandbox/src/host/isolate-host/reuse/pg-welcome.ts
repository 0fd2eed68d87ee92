/** What a PostgreSQL server says of a session that it has let in: from its consent to its first readiness. */

export type PgWelcome = {
  /** Takes bytes of the server; gives what follows the welcome once that is whole. */
  push(bytes: Buffer): Buffer | undefined;
  bytes(): Buffer;
  /** Of the process that serves the session; 0 where the server has not said. */
  processId(): number;
  isLost(): boolean;
};

const BYTES_MAX = 16 * 1024;
const HEAD_BYTES = 5;

export function createPgWelcome(): PgWelcome {
  let pending: Buffer = Buffer.alloc(0);
  let said: Buffer[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  let isLetIn = false;
  let processId = 0;
  let isLost = false;

  /** Whether this is the last message of the welcome. */
  const onMessage = (message: Buffer): boolean => {
    const kind = String.fromCharCode(message[0] as number);
    if (kind === 'R') isLetIn = message.length === 9 && message.readUInt32BE(HEAD_BYTES) === 0;
    else if (kind === 'K' && message.length >= 13) processId = message.readUInt32BE(HEAD_BYTES);
    else if (kind === 'E') isLost = true;
    if (isLetIn && kind !== 'N') said.push(message);
    return kind === 'Z' && message[HEAD_BYTES] === 0x49;
  };
  /** The next whole message, taken out of what is pending. */
  const takeMessage = (): Buffer | undefined => {
    if (pending.length < HEAD_BYTES) return undefined;
    const length = pending.readUInt32BE(1) + 1;
    if (length < HEAD_BYTES || length > BYTES_MAX) isLost = true;
    if (isLost || pending.length < length) return undefined;
    const message = pending.subarray(0, length);
    pending = pending.subarray(length);
    return message;
  };

  return {
    bytes: () => bytes,
    processId: () => processId,
    isLost: () => isLost,
    push(more) {
      pending = Buffer.concat([pending, more]);
      for (let message = takeMessage(); message !== undefined; message = takeMessage()) {
        if (!onMessage(message)) continue;
        isLost ||= !isLetIn;
        bytes = Buffer.concat(said);
        said = [];
        return pending;
      }
      return undefined;
    },
  };
}
