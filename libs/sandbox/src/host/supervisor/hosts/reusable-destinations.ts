import type { Destination, DestinationRule } from '../egress/destination-rule.ts';

/** Where one host's connections led, so that the policy can judge those places anew for every run that might use one again. */
export type ReusableDestinations = {
  note(host: string, port: number, addresses: readonly string[]): void;
  /** Those that a run with this list of its own may reach now. */
  reachable(own: readonly DestinationRule[] | undefined): Destination[];
};

/** Those that came longest ago are forgotten: a host keeps no more connections than that. */
const DESTINATIONS_MAX = 8;

type MayReach = (destination: Destination, own: readonly DestinationRule[] | undefined) => boolean;

export const createReusableDestinations = (mayReach: MayReach): ReusableDestinations => {
  const known = new Map<string, Destination>();
  return {
    note(host, port, addresses) {
      for (const address of addresses) {
        const key = JSON.stringify([host, port, address]);
        known.delete(key);
        known.set(key, { host, port, address });
        const [oldest] = known.keys();
        if (known.size > DESTINATIONS_MAX && oldest !== undefined) known.delete(oldest);
      }
    },
    reachable: (own) => [...known.values()].filter((destination) => mayReach(destination, own)),
  };
};
