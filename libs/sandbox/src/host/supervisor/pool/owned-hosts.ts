import { DEATHS } from '../hosts/host-death.ts';
import type { IsolateHost } from '../hosts/isolate-host.ts';

/** Which connection has which isolate hosts; those that are ending are among them until they are gone. */
export type OwnedHosts = {
  readonly all: readonly IsolateHost[];
  /** Those of one connection that live. */
  of(key: string): readonly IsolateHost[];
  add(key: string, host: IsolateHost): void;
  remove(key: string, host: IsolateHost): void;
  forEach(visit: (host: IsolateHost, key: string) => void): void;
  /**
   * Ends one that has had nothing to do for at least so long: of the connection that uses its hosts least, and of those the
   * one that has rested longest. False when there is none.
   */
  evictIdle(restedMs: number): boolean;
};

/** `use`: how much a connection has used its hosts of late. */
export const createOwnedHosts = (use: (key: string) => number): OwnedHosts => {
  const owned = new Map<string, Set<IsolateHost>>();
  const all = (): IsolateHost[] => [...owned.values()].flatMap((hosts) => [...hosts]);
  return {
    get all() {
      return all();
    },
    of: (key) => [...(owned.get(key) ?? [])].filter(({ alive }) => alive),
    add: (key, host) => void owned.set(key, (owned.get(key) ?? new Set()).add(host)),
    remove(key, host) {
      const hosts = owned.get(key);
      hosts?.delete(host);
      if (hosts?.size === 0) owned.delete(key);
    },
    forEach(visit) {
      for (const [key, hosts] of owned) for (const host of hosts) visit(host, key);
    },
    evictIdle(restedMs) {
      const isIdle = ({ runs, alive, idleSince }: IsolateHost): boolean =>
        runs === 0 && alive && performance.now() - idleSince >= restedMs;
      const [least] = [...owned]
        .flatMap(([key, hosts]) => [...hosts].filter(isIdle).map((host) => ({ host, use: use(key) / hosts.size })))
        .sort((a, b) => a.use - b.use || a.host.idleSince - b.host.idleSince);
      least?.host.kill(DEATHS.replaced);
      return least !== undefined;
    },
  };
};
