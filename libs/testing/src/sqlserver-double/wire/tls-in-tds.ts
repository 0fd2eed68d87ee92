import { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';
import { createPacketReader, createPacketWriter, PACKET } from './packets.ts';

const HANDSHAKE_PACKET_BYTES = 4096;

/**
 * The server's end of TLS inside TDS: until the handshake is done, TLS travels in PRELOGIN messages over `stream`, then
 * bare. `feed` takes what comes over the stream; `ready` resolves when bare TLS begins and rejects when it never will.
 */
export type TlsInTds = { secure: TLSSocket; feed: (chunk: Buffer) => void; ready: Promise<void> };

/** Begins TLS inside TDS on a stream where PRELOGIN agreed on it. */
export const startTlsInTds = (stream: Duplex, secureContext: SecureContext): TlsInTds => {
  let isWrapped = true;
  let isShaken = false;
  let flight: Buffer[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();

  const sendFlight = (): void => {
    const bytes = Buffer.concat(flight);
    flight = [];
    if (isShaken) isWrapped = false;
    if (bytes.length > 0) {
      const message = createPacketWriter(PACKET.prelogin, HANDSHAKE_PACKET_BYTES, async (packets) => {
        stream.write(packets);
      });
      message.content.bytes(bytes);
      void message.end();
    }
    if (isShaken) resolve();
  };
  // A client takes each of our messages for one whole flight, so wait until the TLS engine has nothing more to say.
  const schedule = (): void => {
    clearImmediate(scheduled);
    scheduled = setImmediate(() => {
      scheduled = setImmediate(sendFlight);
    });
  };
  const pipe = new Duplex({
    read: () => {},
    writev: (chunks, done) => {
      const bytes = Buffer.concat(chunks.map(({ chunk }) => chunk));
      if (!isWrapped) return void stream.write(bytes, done);
      flight.push(bytes);
      schedule();
      done();
    },
  });
  const unwrap = createPacketReader(({ payload }) => void pipe.push(payload));
  const secure = new TLSSocket(pipe, { isServer: true, secureContext });
  secure.once('secure', () => {
    isShaken = true;
    schedule();
  });
  secure.once('error', reject);
  secure.once('close', () => reject(new Error('TLS ended before it began')));
  return { secure, ready, feed: (chunk) => (isWrapped ? unwrap(chunk) : void pipe.push(chunk)) };
};
