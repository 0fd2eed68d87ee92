import { callable } from './callable.ts';
import { BlockList } from './net/block-list.ts';
import { isIP, isIPv4, isIPv6 } from './net/ip.ts';
import { Socket, type SocketOptions } from './net/socket.ts';
import { SocketAddress } from './net/socket-address.ts';
import { validateAttemptTimeout } from './net/socket-options.ts';
import { invalidArgType, notAvailable } from './node-errors.ts';

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

/** Whether the addresses of a name are tried side by side is the supervisor's to decide: these are kept and not used. */
let autoSelectFamily = true;
let attemptTimeoutMs = 250;
const SHORTEST_ATTEMPT_MS = 10;

const SocketFunction = callable('Socket', Socket);

export const net = {
  Socket: SocketFunction,
  Stream: SocketFunction,
  Server,
  connect,
  createConnection: connect,
  createServer: notAvailable('net.createServer'),
  isIP,
  isIPv4,
  isIPv6,
  BlockList,
  SocketAddress,
  getDefaultAutoSelectFamily: () => autoSelectFamily,
  setDefaultAutoSelectFamily(value: unknown): void {
    if (typeof value !== 'boolean') throw invalidArgType('value', 'of type boolean', value);
    autoSelectFamily = value;
  },
  getDefaultAutoSelectFamilyAttemptTimeout: () => attemptTimeoutMs,
  setDefaultAutoSelectFamilyAttemptTimeout(value: unknown): void {
    validateAttemptTimeout(value, 'value');
    attemptTimeoutMs = Math.max(value as number, SHORTEST_ATTEMPT_MS);
  },
};
