import type { ResolvedAddress } from './name-source.ts';

/** Longer than the system's resolver takes to give up a dead name (10 s for each nameserver, mostly of two). */
const BELIEVED_MS = 30_000;
/** Names are chosen by scripts, answers by whoever owns the name: neither may fill our memory. */
const ENTRIES_MAX = 1_000;
const ADDRESSES_MAX = 64;

export type KeptAnswers = {
  known(name: string, family: 0 | 4 | 6): ResolvedAddress[] | undefined;
  keep(name: string, family: 0 | 4 | 6, addresses: ResolvedAddress[]): void;
};

/**
 * Good answers of the last seconds, for a time when no thread is free to ask again. What is connected to is judged anew each
 * time, on the addresses in the answer.
 */
export const createKeptAnswers = (nowMs = (): number => performance.now()): KeptAnswers => {
  const kept = new Map<string, { readonly addresses: ResolvedAddress[]; readonly untilMs: number }>();
  return {
    known(name, family) {
      const answer = kept.get(`${family} ${name}`);
      return answer !== undefined && nowMs() < answer.untilMs ? answer.addresses : undefined;
    },
    keep(name, family, addresses) {
      if (addresses.length > ADDRESSES_MAX) return;
      // Deleted first, so that the oldest comes first in the map.
      kept.delete(`${family} ${name}`);
      kept.set(`${family} ${name}`, { addresses, untilMs: nowMs() + BELIEVED_MS });
      const [oldest] = kept.keys();
      if (kept.size > ENTRIES_MAX && oldest !== undefined) kept.delete(oldest);
    },
  };
};
