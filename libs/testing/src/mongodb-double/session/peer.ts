import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

/** The client's end of a connection. */
export type Peer = {
  /** Resolves when the bytes are handed over, or the connection is gone. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** In pieces of so many bytes, each on its own. */
  readonly sendInPieces: (bytes: Uint8Array, pieceBytes: number) => Promise<void>;
  /** Ends the connection: `reset` as a broken network does. */
  readonly hangUp: (how: 'close' | 'reset') => void;
};

/** The end at which `stream` is what the client reads: the socket itself, or TLS on it. */
export const createPeer = (stream: Duplex, socket: Socket): Peer => {
  const send = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      if (socket.destroyed) resolve();
      else stream.write(bytes, () => resolve());
    });
  return {
    send,
    sendInPieces: async (bytes, pieceBytes) => {
      for (let at = 0; at < bytes.length && !socket.destroyed; at += pieceBytes) {
        await send(bytes.subarray(at, at + pieceBytes));
        await turn();
      }
    },
    hangUp: (how) => void (how === 'reset' ? socket.resetAndDestroy() : socket.destroy()),
  };
};
