import { connect, type Socket } from 'node:net';
import type { SystemError } from '../../../../bridge/frames.ts';

export type SocketTarget = { readonly address: string; readonly family: number };
export type OpenOrder = {
  readonly port: number;
  readonly targets: readonly SocketTarget[];
  readonly timeoutMs: number;
};
export type OpenedSocket = { readonly socket: Socket } | { readonly error: SystemError };

const ETIMEDOUT_ERRNO = -110;

const timedOut = (address: string, port: number): SystemError => ({
  message: `connect ETIMEDOUT ${address}:${port}`,
  code: 'ETIMEDOUT',
  errno: ETIMEDOUT_ERRNO,
  syscall: 'connect',
  address,
  port,
});

const systemError = ({ message, code, errno, syscall, address, port }: SystemError): SystemError => ({
  message,
  ...(code === undefined ? {} : { code }),
  ...(errno === undefined ? {} : { errno }),
  ...(syscall === undefined ? {} : { syscall }),
  ...(address === undefined ? {} : { address }),
  ...(port === undefined ? {} : { port }),
});

const plainV4 = (address: string | undefined): string | undefined => address?.replace(/^::ffff:(?=\d+\.)/i, '');

/** The peer is asked for, not assumed: the address was judged, so it must be the address. */
const reached = (socket: Socket, { address }: SocketTarget, port: number): OpenedSocket => {
  if (plainV4(socket.remoteAddress) === plainV4(address) && socket.remotePort === port) return { socket };
  socket.destroy();
  return {
    error: { message: `connect ECONNRESET ${address}:${port}`, code: 'ECONNRESET', syscall: 'connect', address, port },
  };
};

const openOne = (target: SocketTarget, port: number, timeoutMs: number): Promise<OpenedSocket> => {
  const { promise, resolve } = Promise.withResolvers<OpenedSocket>();
  const socket = connect({ host: target.address, port, family: target.family, autoSelectFamily: false });
  // Before it connects: a server that speaks first would otherwise lose its greeting to this process's own read.
  socket.pause();
  const timer = setTimeout(() => {
    socket.destroy();
    resolve({ error: timedOut(target.address, port) });
  }, timeoutMs);
  socket.once('connect', () => resolve(reached(socket, target, port)));
  socket.on('error', (error: SystemError) => resolve({ error: systemError(error) }));
  return promise.finally(() => clearTimeout(timer));
};

/** Connects to the first target that answers, in the order given, within `timeoutMs` in all; else the first error. */
export const openSocket = async ({ port, targets, timeoutMs }: OpenOrder): Promise<OpenedSocket> => {
  const endsAt = performance.now() + timeoutMs;
  let first: OpenedSocket | undefined;
  for (const [index, target] of targets.entries()) {
    const shareMs = Math.max(1, (endsAt - performance.now()) / (targets.length - index));
    const opened = await openOne(target, port, shareMs);
    if ('socket' in opened) return opened;
    first ??= opened;
  }
  return first ?? { error: { message: 'connect EADDRNOTAVAIL', code: 'EADDRNOTAVAIL', syscall: 'connect' } };
};
