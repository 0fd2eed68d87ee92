import { isIP } from 'node:net';
import type { Leave, LookupSlots } from './lookup-slots.ts';
import type { NameSource, ResolvedAddress } from './name-source.ts';

/** Who waits, and for how long. */
export type Turn = { readonly connectionKey: string; readonly signal: AbortSignal };

/** What the system's resolver does in threads. */
export type Lookups = {
  addresses(name: string, family: 0 | 4 | 6, turn: Turn): Promise<ResolvedAddress[]>;
  service(address: string, port: number, turn: Turn): ReturnType<NameSource['service']>;
};

/**
 * All who ask for the same name and family share one lookup, but only once it has its thread: behind the hanging lookups of
 * another connection nobody waits. Who would have to wait for a thread is given what the source still knows.
 */
export const createLookups = (names: NameSource, slots: LookupSlots): Lookups => {
  const running = new Map<string, Promise<ResolvedAddress[]>>();

  const begin = (name: string, family: 0 | 4 | 6, leave: Leave): Promise<ResolvedAddress[]> => {
    const key = `${family} ${name}`;
    const ask = async () => names.lookup(name, family);
    const over = (): void => {
      running.delete(key);
      leave();
    };
    const asked = ask().finally(over);
    running.set(key, asked);
    return asked;
  };
  const inTurn = async (name: string, family: 0 | 4 | 6, turn: Promise<Leave>): Promise<ResolvedAddress[]> => {
    const leave = await turn;
    const meanwhile = running.get(`${family} ${name}`);
    if (meanwhile === undefined) return begin(name, family, leave);
    leave();
    return meanwhile;
  };
  return {
    async addresses(name, family, { connectionKey, signal }) {
      // An address is read without a thread.
      if (isIP(name) > 0) return names.lookup(name, family);
      const shared = running.get(`${family} ${name}`);
      if (shared !== undefined) return shared;
      const leave = slots.enter(connectionKey);
      if (leave !== undefined) return begin(name, family, leave);
      return names.known?.(name, family) ?? inTurn(name, family, slots.wait(connectionKey, signal));
    },
    async service(address, port, { connectionKey, signal }) {
      const leave = slots.enter(connectionKey) ?? (await slots.wait(connectionKey, signal));
      try {
        return await names.service(address, port);
      } finally {
        leave();
      }
    },
  };
};
