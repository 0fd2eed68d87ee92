/**
 * TLS over a stream that lives in the isolate: the host speaks TLS, its encrypted bytes go out through the stream and
 * what the stream brings goes back to it. Both ways wait for the slower side.
 */
import { send } from '../../bridge.ts';
import { type Channel, exactly } from '../../socket-channel.ts';
import { Buffer } from '../buffer.ts';
import type { Duplex } from '../stream.ts';

/** Bytes that may be under way to the host before the stream waits for it. */
const WINDOW_BYTES = 256 * 1024;

export type Tunnel = {
  /** Encrypted bytes for the stream; `null` when there will be no more. */
  onCipher(bytes: Uint8Array | null): void;
  /** The host has read what it was fed. */
  onFed(): void;
};

const isBytes = (chunk: unknown): chunk is Uint8Array => ArrayBuffer.isView(chunk);

/** Connects the stream to the host's end of the channel. */
export function createTunnel(transport: Duplex, channel: () => Channel): Tunnel {
  let unread = 0;
  transport.on('data', (chunk: unknown) => {
    const bytes = isBytes(chunk) ? chunk : Buffer.from(String(chunk), 'latin1');
    unread += bytes.byteLength;
    const wait = unread > WINDOW_BYTES;
    if (wait) transport.pause();
    send(['feed', channel().id, exactly(bytes), wait], bytes.byteLength);
  });
  transport.on('end', () => send(['feed', channel().id, null, false]));
  return {
    onFed() {
      unread = 0;
      transport.resume();
    },
    onCipher(bytes) {
      if (bytes === null) transport.end();
      else if (!transport.destroyed) transport.write(Buffer.from(bytes), () => send(['taken', channel().id]));
    },
  };
}
