import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SupervisorFrame } from '../../../bridge/frames.ts';
import type { CommandLine } from '../walls/wall-chain.ts';
import { createFramePipe, type FramePipeListener } from './frame-pipe.ts';
import { type HostChildListener, startHostChild } from './host-child.ts';
import { type OpenOrder, openSocket } from './open-socket.ts';
import { createSocketPassage } from './socket-passage.ts';

/**
 * The supervisor's end of one isolate host: starts the process, reads what it writes and hands sockets over. All of it in
 * the supervisor's own thread: a frame that crosses another thread costs a login more than reading it does, and such a
 * thread costs more than the start of the process. So nothing here trusts a byte, waits for the host, or goes on for long.
 */
export type HostChannel = {
  send(frame: SupervisorFrame): void;
  /** Opens a connection and hands it over as the answer to the question `id`. */
  open(order: OpenOrder & { readonly id: number }): void;
  kill(): void;
  /** The process that was started: the first of the chain of walls. */
  readonly pid: number | undefined;
};

/**
 * After `violation` (it said what it may not say) and `closed` (it speaks no more) nothing is heard of the host but its
 * `exited`, once, which is for the listener to bring about.
 */
export type HostChannelListener = FramePipeListener & HostChildListener;

const addressesOf = ({
  remoteAddress = '',
  remotePort = 0,
  remoteFamily,
  localAddress = '',
  localPort = 0,
}: Socket) => {
  const family = remoteFamily === 'IPv6' ? 'IPv6' : 'IPv4';
  return { remoteAddress, remotePort, remoteFamily: family, localAddress, localPort };
};

export const startHostChannel = (command: CommandLine, listener: HostChannelListener): HostChannel => {
  let dead = false;
  const stop = (tell: () => void): void => {
    if (dead) return;
    dead = true;
    frames?.stop();
    tell();
  };
  const violation = (rule: string): void => stop(() => listener.violation(rule));
  const child = startHostChild(command, {
    stderr: listener.stderr,
    exited(reason) {
      dead = true;
      pipe?.destroy();
      passage?.close();
      listener.exited(reason);
    },
  });
  const started = child.pid !== undefined;
  const pipe = started ? (child.process.stdio[4] as unknown as Duplex) : undefined;
  const passage = started ? createSocketPassage(child.process, violation) : undefined;
  const frames = pipe && createFramePipe(pipe, { ...listener, violation, closed: () => stop(listener.closed) });
  const send = (frame: SupervisorFrame): void => frames?.send(frame);
  return {
    send,
    async open({ id, ...order }) {
      const opened = await openSocket(order);
      if ('error' in opened) send({ kind: 'connect_failed', id, error: opened.error });
      else if (dead) opened.socket.destroy();
      else {
        frames?.handed(id);
        passage?.pass({ id, addresses: addressesOf(opened.socket) }, opened.socket);
      }
    },
    kill: child.kill,
    get pid() {
      return child.pid;
    },
  };
};
