import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { bindingRequest, readBindingAnswer, TRANSACTION_ID_BYTES } from './stun-message.ts';

export type StunServer = { readonly host: string; readonly port: number };

/** The first waits of RFC 8489, section 6.2.1; the rest of its forty seconds is no use to us. */
const RESEND_AFTER_MS = [500, 1_000, 2_000];

/**
 * Our address as the STUN server sees it, over UDP and one family.
 * @throws when the server has no address of that family, is not there, refuses, or says nothing until the signal aborts
 */
export const askStun = async ({ host, port }: StunServer, family: 4 | 6, signal: AbortSignal): Promise<string> => {
  const found = await lookup(host, { family });
  // A signal that has aborted meanwhile tells no listener any more.
  signal.throwIfAborted();
  // An address is looked up as itself, whatever family was asked for.
  if (found.family !== family) throw new Error(`the STUN server has no IPv${family} address`);
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
  try {
    return await exchange(socket, found.address, port, signal);
  } finally {
    socket.close();
  }
};

const exchange = (socket: Socket, address: string, port: number, signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const transactionId = randomBytes(TRANSACTION_ID_BYTES);
    const request = bindingRequest(transactionId);
    let timer: NodeJS.Timeout | undefined;
    const settle = (end: () => void) => {
      clearTimeout(timer);
      end();
    };
    const send = (attempt: number) => {
      socket.send(request);
      const waitMs = RESEND_AFTER_MS[attempt];
      if (waitMs !== undefined) timer = setTimeout(() => send(attempt + 1), waitMs);
    };
    socket.on('message', (message) => {
      const answer = readBindingAnswer(message, transactionId);
      if (answer === 'refused') settle(() => reject(new Error('the STUN server refuses')));
      else if (answer !== 'ignored') settle(() => resolve(answer.address));
    });
    socket.on('error', (error) => settle(() => reject(error)));
    signal.addEventListener('abort', () => settle(() => reject(new Error('the STUN server says nothing'))), {
      once: true,
    });
    // Connected: nobody but this server is heard, and a port that is closed is told at once.
    socket.connect(port, address, (error?: unknown) => {
      if (error instanceof Error) settle(() => reject(error));
      else if (!signal.aborted) send(0);
    });
  });
