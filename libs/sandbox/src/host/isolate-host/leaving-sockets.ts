/** Connections whose driver has taken leave, and whose server has yet to let them go: what they hold there, such as locks, may be wanted by the next. */
import type { Socket } from 'node:net';
import { LIMITS } from './limits.ts';

export type LeavingSockets = {
  add(socket: Socket): void;
  /** At once where there are none. */
  whenGone(act: () => void): void;
};

export function createLeaving(): LeavingSockets {
  const leaving = new Set<Socket>();
  let waiting: (() => void)[] = [];
  return {
    add(socket) {
      if (socket.closed) return;
      leaving.add(socket);
      // A server that does not hear of it holds nobody up for longer than that.
      const late = setTimeout(() => socket.destroy(), LIMITS.leaveMs);
      socket.once('close', () => {
        clearTimeout(late);
        leaving.delete(socket);
        if (leaving.size > 0) return;
        const next = waiting;
        waiting = [];
        for (const act of next) act();
      });
    },
    whenGone(act) {
      if (leaving.size === 0) act();
      else waiting.push(act);
    },
  };
}
