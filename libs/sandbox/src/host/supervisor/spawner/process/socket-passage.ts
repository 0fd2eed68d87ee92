import type { ChildProcess } from 'node:child_process';
import { readSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { SocketMessage } from '../../../../bridge/frames.ts';

/** Hands connected sockets to the child. */
export type SocketPassage = {
  pass(message: SocketMessage, socket: Socket): void;
};

export type PassageListener = {
  violation(rule: string): void;
  /** The child has closed its end, or has ended: it gets no socket any more. */
  lost(): void;
};

/** The raw channel under Node's IPC. Not public, so its shape is checked where it is used. */
type RawChannel = { readonly fd: number; readStop(): void };

const ACK = '{"cmd":"NODE_HANDLE_ACK"}\n';
/** Sockets handed over and not yet taken; and those that have not left, whatever the child says to have taken. */
const UNTAKEN_MAX = 256;

const rawChannelOf = (child: ChildProcess): RawChannel | undefined => {
  const key = Object.getOwnPropertySymbols(child).find(({ description }) => description === 'kChannelHandle');
  const channel = key && ((child as unknown as Record<symbol, unknown>)[key] as RawChannel | undefined);
  return typeof channel?.readStop === 'function' && channel.fd >= 0 ? channel : undefined;
};

/** What is there now, up to `bytes`; undefined where the child has closed its end. */
const readNow = (fd: number, bytes: number): string | undefined => {
  const buffer = Buffer.alloc(bytes);
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer)) || undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? '' : undefined;
  }
};

/** How many of those under way the child says to have taken since the last call, unless it says anything else. */
const createTally = (channel: RawChannel) => {
  let held = '';
  return (underWay: number): number | 'closed' | 'nonsense' => {
    const heard = readNow(channel.fd, underWay * ACK.length + 1);
    if (heard === undefined) return 'closed';
    held += heard;
    const taken = Math.floor(held.length / ACK.length);
    const rest = held.slice(taken * ACK.length);
    const isMore = taken > underWay || (taken === underWay && rest !== '');
    if (isMore || held !== ACK.repeat(taken) + rest || !ACK.startsWith(rest)) return 'nonsense';
    held = rest;
    return taken;
  };
};

/**
 * The IPC channel carries sockets towards the child only. Node's reader of it believes every message, collects bytes without a
 * limit, and ends the process where a descriptor comes that is no socket. So it is stopped: what the child writes is read
 * when the next socket is passed, by read(2), which takes no descriptors, and no more of it than there can be
 * acknowledgements. Whatever differs is reported as a violation. Node passes the next socket when one is acknowledged; we
 * say so once it has left: a socket on its way is safe (unix(7)). Should a later Node hide its channel, there is no host.
 */
export const createSocketPassage = (child: ChildProcess, { violation, lost }: PassageListener): SocketPassage => {
  const channel = rawChannelOf(child);
  if (channel === undefined) {
    queueMicrotask(() => violation('this version of Node hides its socket channel'));
    return { pass: (_, socket) => void socket.destroy() };
  }
  channel.readStop();
  const takenOf = createTally(channel);
  let underWay = 0;
  let waiting = 0;
  const refuse = (socket: Socket, rule: string): void => {
    socket.destroy();
    violation(rule);
  };
  const lose = (socket: Socket): void => {
    socket.destroy();
    lost();
  };
  return {
    pass(message, socket) {
      const taken = takenOf(underWay);
      if (taken === 'nonsense') return refuse(socket, 'bytes on the socket channel');
      if (taken === 'closed') return lose(socket);
      underWay += 1 - taken;
      if (Math.max(underWay, waiting) > UNTAKEN_MAX) return refuse(socket, 'sockets are not taken');
      waiting += 1;
      child.send(message, socket, { keepOpen: false }, (error) => {
        waiting -= 1;
        if (error === null) child.emit('internalMessage', { cmd: 'NODE_HANDLE_ACK' }, undefined);
      });
    },
  };
};
