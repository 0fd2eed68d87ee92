import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { SocketMessage } from '../../../../bridge/frames.ts';

/** Hands connected sockets to the child. */
export type SocketPassage = {
  pass(message: SocketMessage, socket: Socket): void;
  /** The child has ended: closes what it has not taken. */
  close(): void;
};

/** The raw channel under Node's IPC. Not public, so its shape is checked where it is used. */
type RawChannel = {
  onread: (this: unknown, bytes: ArrayBuffer | undefined) => void;
  pendingHandle?: { close?: () => void } | null;
};

/** What is under a socket; closing it twice does nothing. Not public either. */
type RawHandle = { close(): void };

const ACK = '{"cmd":"NODE_HANDLE_ACK"}\n';
/** Sockets handed over and not yet acknowledged. The parent's copy of each stays open until then. */
const UNACKNOWLEDGED_MAX = 256;

const rawChannelOf = (child: ChildProcess): RawChannel | undefined => {
  const key = Object.getOwnPropertySymbols(child).find(({ description }) => description === 'kChannelHandle');
  const channel = key && (child as unknown as Record<symbol, unknown>)[key];
  return typeof (channel as RawChannel | undefined)?.onread === 'function' ? (channel as RawChannel) : undefined;
};

/**
 * The IPC channel carries sockets towards the child only. Node's own reader collects bytes without a limit until a newline
 * comes and believes every message, so it is replaced by one that knows the acknowledgement and nothing else: whatever
 * differs is reported as a violation, and received descriptors are closed. Should a later Node hide its channel, there is no
 * host: its own reader would believe it.
 */
export const createSocketPassage = (child: ChildProcess, violation: (rule: string) => void): SocketPassage => {
  /** Of sockets under way. Node closes each when it is taken, and forgets those that never are. */
  const underWay: (RawHandle | undefined)[] = [];
  let held = '';
  const acknowledge = (): void => {
    underWay.shift();
    child.emit('internalMessage', { cmd: 'NODE_HANDLE_ACK' }, undefined);
  };
  const read = (text: string): void => {
    held += text;
    while (held.startsWith(ACK) && underWay.length > 0) {
      held = held.slice(ACK.length);
      acknowledge();
    }
    if (held.length >= ACK.length || !ACK.startsWith(held)) violation('bytes on the socket channel');
  };
  const channel = rawChannelOf(child);
  const nodesReader = channel?.onread;
  if (channel === undefined || nodesReader === undefined)
    queueMicrotask(() => violation('this version of Node hides its socket channel'));
  else
    channel.onread = function onRead(bytes) {
      channel.pendingHandle?.close?.();
      channel.pendingHandle = null;
      if (bytes === undefined) nodesReader.call(this, undefined);
      else if (held.length <= ACK.length) read(Buffer.from(bytes).toString('latin1'));
    };
  return {
    pass(message, socket) {
      if (underWay.length >= UNACKNOWLEDGED_MAX) {
        socket.destroy();
        violation('sockets are not taken');
        return;
      }
      underWay.push((socket as unknown as { readonly _handle?: RawHandle })._handle);
      child.send(message, socket, { keepOpen: false }, () => {});
    },
    close() {
      if (child.connected) child.disconnect();
      for (const handle of underWay.splice(0)) handle?.close();
    },
  };
};
