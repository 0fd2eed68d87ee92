import { isIP, isIPv4, isIPv6 } from './net/ip.ts';
import { Socket, type SocketOptions } from './net/socket.ts';
import { notAvailable } from './node-errors.ts';

function connect(...args: unknown[]): Socket {
  const first = args[0];
  const options = typeof first === 'object' && first !== null && !Array.isArray(first) ? (first as SocketOptions) : {};
  return new Socket(options).connect(...args);
}

const refuseServer = notAvailable('net.Server');

/** Present for `instanceof`; scripts cannot listen. */
class Server {
  constructor() {
    refuseServer();
  }
}

export const net = {
  Socket,
  Stream: Socket,
  Server,
  connect,
  createConnection: connect,
  createServer: notAvailable('net.createServer'),
  isIP,
  isIPv4,
  isIPv6,
  getDefaultAutoSelectFamily: () => false,
  setDefaultAutoSelectFamily: (): void => undefined,
  getDefaultAutoSelectFamilyAttemptTimeout: () => 250,
  setDefaultAutoSelectFamilyAttemptTimeout: (): void => undefined,
};
