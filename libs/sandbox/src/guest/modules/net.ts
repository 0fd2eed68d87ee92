import { callable } from './callable.ts';
import { autoSelect, setDefaultAutoSelectFamily, setDefaultAutoSelectFamilyAttemptTimeout } from './net/auto-select.ts';
import { BlockList } from './net/block-list.ts';
import { isIP, isIPv4, isIPv6 } from './net/ip.ts';
import { Socket } from './net/socket.ts';
import { SocketAddress } from './net/socket-address.ts';
import type { SocketOptions } from './net/socket-options.ts';
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
  getDefaultAutoSelectFamily: autoSelect.isOn.get,
  setDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout: autoSelect.attemptTimeoutMs.get,
  setDefaultAutoSelectFamilyAttemptTimeout,
};
