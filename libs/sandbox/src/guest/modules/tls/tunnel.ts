/**
 * TLS over a stream that lives in the isolate: the host speaks TLS, its encrypted bytes go out through the stream and
 * what the stream brings goes back to it and is decrypted at once, as in Node. Both ways wait for the slower side.
 */

import type { Duplex } from 'node:stream';
import type { GuestEvent } from '../../../bridge/operations.ts';
import { ask, send } from '../../bridge.ts';
import { type Channel, exactly } from '../../socket-channel.ts';
import { Buffer } from '../buffer.ts';

export type Tunnel = {
  /** Encrypted bytes for the stream; `null` when there will be no more. */
  onCipher(bytes: Uint8Array | null): void;
  /** The host has read what it was fed. */
  onFed(): void;
};

const isBytes = (chunk: unknown): chunk is Uint8Array => ArrayBuffer.isView(chunk);

type Fed = { readonly events: readonly GuestEvent[]; readonly isFull: boolean };

/** Connects the stream to the host's end of the channel. */
export function createTunnel(transport: Duplex, channel: () => Channel): Tunnel {
  const feed = (bytes: Uint8Array | null): void => {
    const { id, take } = channel();
    const { events, isFull } = ask('feed', id, bytes) as Fed;
    if (isFull) transport.pause();
    take(events);
  };
  transport.on('data', (chunk: unknown) => {
    feed(exactly(isBytes(chunk) ? chunk : Buffer.from(String(chunk), 'latin1')));
  });
  transport.on('end', () => feed(null));
  return {
    onFed: () => void transport.resume(),
    onCipher(bytes) {
      if (bytes === null) transport.end();
      else if (!transport.destroyed) transport.write(Buffer.from(bytes), () => send(['taken', channel().id]));
    },
  };
}
