import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { CommandLine } from '../../walls/wall-chain.ts';
import type { HostNews } from '../messages.ts';
import { startHostChild } from './host-child.ts';
import { type OpenOrder, openSocket } from './open-socket.ts';
import { createSocketPassage } from './socket-passage.ts';

/** One host of the spawner's. */
export type Host = {
  /** Undefined once it has ended, and when it could not be started. */
  readonly pid: number | undefined;
  open(id: number, order: OpenOrder): Promise<void>;
  kill(): void;
};

/** Of the parts of a socket that are not public. */
type UnderSocket = { readonly _handle?: { readStop?(): void } | null };

/** What the host says is for the supervisor: nothing of it is read here until the pipe has left. */
const unreadFramePipe = (child: ChildProcess): Socket => {
  const pipe = child.stdio[4] as unknown as Socket;
  pipe.on('error', () => {});
  (pipe as unknown as UnderSocket)._handle?.readStop?.();
  return pipe;
};

const addressesOf = ({
  remoteAddress = '',
  remotePort = 0,
  remoteFamily,
  localAddress = '',
  localPort = 0,
}: Socket) => {
  const family = remoteFamily === 'IPv6' ? 'IPv6' : 'IPv4';
  return { remoteAddress, remotePort, remoteFamily: family, localAddress, localPort } as const;
};

/** Starts one. `tell` hears all that becomes of it, and nothing after its `exited`. Throws what Node throws. */
export const createHost = (command: CommandLine, tell: (news: HostNews, pipe?: Socket) => void): Host => {
  const state = { over: false, broken: false };
  const tellOn = (news: HostNews): void => {
    if (!state.over) tell(news);
  };
  const child = startHostChild(command, {
    stderr: (text) => tellOn({ kind: 'stderr', text }),
    exited(reason) {
      if (child.process.connected) child.process.disconnect();
      tellOn({ kind: 'exited', reason });
      state.over = true;
    },
  });
  const { pid } = child;
  const violation = (rule: string): void => {
    if (!state.broken) tellOn({ kind: 'violation', rule });
    state.broken = true;
  };
  // What waits for a socket that it never gets would wait until its deadline.
  const passage = pid === undefined ? undefined : createSocketPassage(child.process, { violation, lost: child.kill });
  if (pid !== undefined) tell({ kind: 'started', pid }, unreadFramePipe(child.process));
  return {
    get pid() {
      return child.pid;
    },
    kill: child.kill,
    async open(id, order) {
      const opened = await openSocket(order);
      if ('error' in opened) tellOn({ kind: 'not_opened', id, error: opened.error });
      else if (state.over) opened.socket.destroy();
      else {
        // First the host, which waits for it.
        passage?.pass({ id, addresses: addressesOf(opened.socket) }, opened.socket);
        tellOn({ kind: 'opened', id });
      }
    },
  };
};
