import { isIP, isIPv4, isIPv6 } from './net/ip.ts';
import { Socket, type SocketOptions } from './net/socket.ts';

function connect(...args: unknown[]): Socket {
  const first = args[0];
  const options = typeof first === 'object' && first !== null && !Array.isArray(first) ? (first as SocketOptions) : {};
  return new Socket(options).connect(...args);
}

function refuse(name: string): never {
  throw Object.assign(new Error(`net.${name} is not available to scripts`), { code: 'EACCES' });
}

/** Present for `instanceof`; scripts cannot listen. */
class Server {
  constructor() {
    refuse('Server');
  }
}

export const net = {
  Socket,
  Stream: Socket,
  Server,
  connect,
  createConnection: connect,
  createServer: () => refuse('createServer'),
  isIP,
  isIPv4,
  isIPv6,
  getDefaultAutoSelectFamily: () => false,
  setDefaultAutoSelectFamily: (): void => undefined,
  getDefaultAutoSelectFamilyAttemptTimeout: () => 250,
  setDefaultAutoSelectFamilyAttemptTimeout: (): void => undefined,
};
