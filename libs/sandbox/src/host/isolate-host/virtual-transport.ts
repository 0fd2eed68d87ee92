/** The host's end of a stream that lives in the isolate: what TLS writes goes there, what it reads was fed from there. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { QuotaExceeded } from './limits.ts';

/** The guest waits for room long before; only one that ignores the rules gets here. */
const FED_MAX_BYTES = 4 * 1024 * 1024;

export type VirtualTransport = {
  readonly stream: Duplex;
  /** Takes bytes from the stream, or `null` at its end; false when there is no room: `onRead` is called once there is. */
  feed(bytes: Buffer | null, onRead: () => void): boolean;
  /** The guest has written what it was given last. */
  taken(): void;
  /** Ends the way through the guest; false while something is under way there. */
  join(carrier: Socket): boolean;
};

/** `onBytes` gets what the guest is to write, one piece at a time, and `null` at the end. */
export function createVirtualTransport(onBytes: (bytes: Buffer | null) => void): VirtualTransport {
  let written: (() => void) | undefined;
  let whenRead: (() => void)[] = [];
  let joined: Socket | undefined;
  const give = (bytes: Buffer, done: () => void): void => {
    if (joined !== undefined) {
      joined.write(bytes, () => done());
      return;
    }
    written = done;
    onBytes(bytes);
  };
  const stream = new Duplex({
    read() {
      const ready = whenRead;
      whenRead = [];
      for (const onRead of ready) onRead();
    },
    write: (chunk: Buffer, _encoding, done) => give(chunk, done),
    // What belongs together stays together: drivers frame a whole flight of the handshake as one message.
    writev: (chunks, done) => give(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), done),
    final(done) {
      if (joined === undefined) onBytes(null);
      else joined.end();
      done();
    },
  });
  return {
    stream,
    feed(bytes, onRead) {
      if (stream.destroyed || stream.readableEnded) return true;
      if (stream.readableLength > FED_MAX_BYTES) throw new QuotaExceeded('The script fed TLS faster than it reads');
      const hasRoom = stream.push(bytes) || bytes === null;
      if (!hasRoom) whenRead.push(onRead);
      return hasRoom;
    },
    taken() {
      const done = written;
      written = undefined;
      done?.();
    },
    join(carrier) {
      if (written !== undefined || stream.destroyed) return false;
      joined = carrier;
      // Whoever listens to the carrier may stop; its end is heard of by the stream all the same.
      carrier.on('error', () => undefined);
      carrier.on('data', (bytes: Buffer) => {
        if (stream.push(bytes)) return;
        carrier.pause();
        whenRead.push(() => carrier.resume());
      });
      carrier.on('end', () => stream.push(null));
      stream.on('close', () => carrier.destroy());
      carrier.resume();
      return true;
    },
  };
}
