import type { IsolateHost } from '../hosts/isolate-host.ts';
import type { HostPoolDeps } from './host-pool.ts';
import { createMemoryRoom } from './memory-room.ts';
import type { OwnedHosts } from './owned-hosts.ts';

/** Room for isolate hosts, by their number and by what they may hold together. */
export const createHostRoom = ({ limits, nursery }: Pick<HostPoolDeps, 'limits' | 'nursery'>, owned: OwnedHosts) => {
  const memory = createMemoryRoom<IsolateHost>(limits.hostsBytesMax);
  const unowned = (): IsolateHost[] => [...nursery.hosts.starting, ...nursery.hosts.blank];
  return {
    /** Blank hosts that there may be; one at the least where no connection has any. */
    forBlank(): number {
      const mine = owned.all;
      const byMemory = nursery.size + memory.more([...mine, ...unowned()]);
      return Math.min(limits.maxHosts - mine.length, mine.length === 0 ? Math.max(1, byMemory) : byMemory);
    },
    /** Those with nothing to do give way until the rest is within its memory. */
    keepToMemory(): void {
      memory.look(owned.all);
      const isTooMuch = () => memory.more([...owned.all.filter(({ alive }) => alive), ...unowned()]) < 0;
      while (isTooMuch() && owned.evictIdle(0));
    },
  };
};
