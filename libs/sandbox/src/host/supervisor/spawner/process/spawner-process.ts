/** The process that starts isolate hosts: does as the supervisor tells it, and ends with it. */
import type { HostNews, Order } from '../messages.ts';
import { createHost, type Host } from './host.ts';

/** What `ps` shows in place of a command line. */
process.title = 'userferry-spawner';

const hosts = new Map<number, Host>();

const tell = (host: number, news: HostNews, pipe?: Parameters<NonNullable<typeof process.send>>[1]): void =>
  void process.send?.({ host, news }, pipe, { keepOpen: false }, () => {});

const start = ({ host, command }: Extract<Order, { kind: 'start' }>): void => {
  const started = createHost(command, (news, pipe) => {
    if (news.kind === 'exited') hosts.delete(host);
    tell(host, news, pipe);
  });
  if (started !== undefined) hosts.set(host, started);
};

process.on('message', (order: Order) => {
  if (order.kind === 'start') start(order);
  else if (order.kind === 'open') void hosts.get(order.host)?.open(order.id, order.order);
  else hosts.get(order.host)?.kill();
});
// When to end is for the supervisor to say: it lets runs end first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => {
  for (const host of hosts.values()) host.kill();
  process.exit();
});
