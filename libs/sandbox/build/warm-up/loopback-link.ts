/** Stands in for the supervisor: connects to the loopback and nowhere else. */
import { connect } from 'node:net';
import type { SupervisorLink } from '../../src/host/isolate-host/supervisor-link.ts';

export function createLoopbackLink(onResult: (result: unknown) => void): SupervisorLink {
  return {
    send: onResult,
    flushed: () => Promise.resolve(),
    onFrame: () => undefined,
    resolve: () => () => undefined,
    connect({ port }, answer) {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => {
        const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
        const addresses = { remoteAddress, remotePort, remoteFamily: 'IPv4', localAddress, localPort };
        answer({ value: { socket, addresses } });
      });
      socket.once('error', ({ message }) => answer({ error: { message, code: 'ECONNREFUSED' } }));
      return () => socket.destroy();
    },
  };
}
