/** The process that starts isolate hosts: does as the supervisor tells it, and ends with it. */
import { Socket } from 'node:net';
import { killWhole } from '../../memory/process-tree.ts';
import type { HostNews, Order } from '../messages.ts';
import { createHost, type Host } from './host.ts';

/** What `ps` shows in place of a command line. */
process.title = 'userferry-spawner';

/** A pipe that the supervisor holds the other end of. Node's own channel waits for answers, when it is told to close. */
const LIFELINE = 4;

const hosts = new Map<number, Host>();

const tell = (host: number, news: HostNews, pipe?: Socket): void =>
  void process.send?.({ host, news }, pipe, { keepOpen: false }, () => {});

const start = ({ host, command }: Extract<Order, { kind: 'start' }>): void => {
  try {
    const started = createHost(command, (news, pipe) => {
      if (news.kind === 'exited') hosts.delete(host);
      tell(host, news, pipe);
    });
    hosts.set(host, started);
  } catch (error) {
    // Where there is no memory for another process, say: that is no end of the others.
    tell(host, { kind: 'exited', reason: (error as Error).message });
  }
};

const kill = (host: number): void => {
  hosts.get(host)?.kill();
  tell(host, { kind: 'killed' });
};

const end = (): void => {
  for (const { pid } of hosts.values()) if (pid !== undefined) killWhole(pid);
  process.exit();
};

process.on('message', (order: Order) => {
  if (order.kind === 'start') start(order);
  else if (order.kind === 'open') void hosts.get(order.host)?.open(order.id, order.order);
  else kill(order.host);
});
// When to end is for the supervisor to say: it lets runs end first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
new Socket({ fd: LIFELINE }).on('error', end).on('close', end).resume();
