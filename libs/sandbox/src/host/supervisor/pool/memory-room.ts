const MIB = 1024 * 1024;
/** What a host comes to hold with its first runs, one at a time; for those, too, that nobody has looked at yet. */
const TYPICAL_BYTES = 32 * MIB;
/** What this process has of its own for each of them. */
const CHANNEL_BYTES = 1 * MIB;

/** Something that takes memory: what it has for itself, in bytes; 0 where that is not known. */
export type Weighed = { readonly ownBytes: number };

/** What all isolate hosts together hold, against what they may. */
export type MemoryRoom<H extends Weighed> = {
  /** Looks at what each of them holds now. */
  look(hosts: readonly H[]): void;
  /** As many more may be started; below 0, as many are too many. */
  more(hosts: readonly H[]): number;
};

/** `bytesMax`: of all hosts and what is kept of them here. What was seen at the last look counts until the next. */
export const createMemoryRoom = <H extends Weighed>(bytesMax: number): MemoryRoom<H> => {
  const seen = new WeakMap<H, number>();
  const costOf = (host: H): number => (seen.get(host) ?? TYPICAL_BYTES) + CHANNEL_BYTES;
  return {
    look(hosts) {
      // One that rests holds less than it will when it is used again.
      for (const host of hosts) seen.set(host, Math.max(host.ownBytes, TYPICAL_BYTES));
    },
    more(hosts) {
      const leftBytes = bytesMax - hosts.reduce((sum, host) => sum + costOf(host), 0);
      return Math.floor(leftBytes / (TYPICAL_BYTES + CHANNEL_BYTES));
    },
  };
};
