import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { startTlsInTds } from './tls-in-tds.ts';

/** The bytes of one connection, with or without TLS. */
export type Transport = {
  /** Resolves when the bytes are handed to the system, or the connection is gone. */
  send: (bytes: Buffer) => Promise<void>;
  /** Goes over to TLS inside TDS; resolves when both sides have. Rejects when the client does not get there. */
  startTls: (secureContext: SecureContext) => Promise<void>;
  /** Back to the bare stream, where only the login was to be encrypted. */
  stopTls: () => void;
};

/** A transport over a connected stream, which is a TLS stream already for TDS 8. `onChunk` gets what the client sent. */
export const createTransport = (stream: Duplex, onChunk: (chunk: Buffer) => void): Transport => {
  let receive = onChunk;
  let output = stream;
  stream.on('data', (chunk: Buffer) => receive(chunk));
  // It was paused to look at its first byte.
  stream.resume();
  return {
    send: (bytes) =>
      new Promise((resolve) => {
        if (output.destroyed) resolve();
        else output.write(bytes, () => resolve());
      }),
    startTls: async (secureContext) => {
      const { secure, feed, ready } = startTlsInTds(stream, secureContext);
      secure.on('error', () => stream.destroy());
      stream.once('close', () => secure.destroy());
      receive = feed;
      await ready;
      secure.on('data', onChunk);
      output = secure;
    },
    stopTls: () => {
      receive = onChunk;
      output = stream;
    },
  };
};
