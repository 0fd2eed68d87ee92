import { type EgressLease, type PublicIp, PublicIpState } from '@userferry/contracts/publicip/v1/public_ip_service';
import type { Entry, EntryState, Lease } from '../table/entry.ts';

const WIRE_STATE = {
  pinned: PublicIpState.PINNED,
  observed: PublicIpState.OBSERVED,
  draining: PublicIpState.DRAINING,
} as const satisfies Record<EntryState, PublicIpState>;

export const wireEntry = ({ drainsUntilMs, sinceMs, state, ...entry }: Entry): PublicIp => ({
  ...entry,
  regions: [...entry.regions],
  state: WIRE_STATE[state],
  since: new Date(sinceMs),
  drainsUntil: drainsUntilMs === undefined ? undefined : new Date(drainsUntilMs),
});

/** A state that this version does not know (a later one's) drains: it stays on the list, and leaves it in time. */
export const entryOfWire = ({ state, since, drainsUntil, ...entry }: PublicIp): Entry => ({
  ...entry,
  state: (Object.keys(WIRE_STATE) as EntryState[]).find((name) => WIRE_STATE[name] === state) ?? 'draining',
  sinceMs: since?.getTime() ?? 0,
  ...(drainsUntil && { drainsUntilMs: drainsUntil.getTime() }),
});

export const wireLease = ({ expiresAtMs, ...lease }: Lease): EgressLease => ({
  ...lease,
  addresses: [...lease.addresses],
  expiresAt: new Date(expiresAtMs),
});

export const leaseOfWire = ({ expiresAt, ...lease }: EgressLease): Lease => ({
  ...lease,
  expiresAtMs: expiresAt?.getTime() ?? 0,
});
