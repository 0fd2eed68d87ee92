/** A session that is offered to a run before it asks: told with the run, it spares the script's first connection two crossings. */
import type { ConnectionFacts, OfferedSession as Told } from '../../../bridge/operations.ts';
import { forGuest } from '../arguments.ts';
import type { PutAside } from './parking-lot.ts';
import type { Parked } from './parking-place.ts';
import type { ReuseTerms } from './reuse-terms.ts';
import { keyOf, type Origin, type Target } from './session-key.ts';
import type { TypedTexts } from './typed-texts.ts';

export type OfferedSession = {
  /** Puts one aside and gives what the guest is told of it; undefined where there is none. */
  offer(): Told | undefined;
  /** The one that was put aside, where it is the one that is asked for and still fit. */
  take(target: Target): Parked | undefined;
  /** The run wants another. */
  withdraw(): void;
  /** The run is over. One that did not end in order may have had the session, and said so to nobody. */
  release(isInOrder: boolean): void;
};

const NOTHING = Buffer.alloc(0);

/** Whether a session leads to where the policy lets this run go. */
export const mayServe =
  ({ destinations }: ReuseTerms, target: Pick<Target, 'host' | 'port'>) =>
  ({ addresses }: Parked): boolean =>
    destinations.some(
      ({ host, port, address }) => host === target.host && port === target.port && address === addresses.remoteAddress,
    );

/** Whether a session that lies there is of this run's kind, before it has said to where it wants to connect. */
const mayBeOffered =
  (terms: ReuseTerms, typed: TypedTexts) =>
  (parked: Parked): boolean => {
    const { origin } = parked;
    return origin?.scope === terms.scope && mayServe(terms, origin)(parked) && !typed.holdAny(origin.credentials);
  };

/** Begins another use of a session: what a driver is told of it, and is given to read before it says anything. */
export function openingOf({ addresses, follower }: Parked): {
  readonly facts: ConnectionFacts;
  readonly data: Buffer[];
} {
  const welcome = follower.welcome?.();
  const told = welcome && { ...welcome, bytes: forGuest(Buffer.from(welcome.bytes)) };
  const data = [follower.replay(), follower.takeNext?.() ?? NOTHING].filter(({ length }) => length > 0);
  return { facts: told ? { ...addresses, welcome: told } : addresses, data };
}

/** `onGone` is called where the server of what was offered ends it before it is taken. */
export function createOfferedSession(
  terms: ReuseTerms | undefined,
  typed: TypedTexts,
  onGone: () => void,
): OfferedSession {
  let aside: PutAside | undefined;
  return {
    offer() {
      aside = terms?.lot.putAside(mayBeOffered(terms, typed), onGone);
      if (aside === undefined) return undefined;
      const { facts, data } = openingOf(aside.parked);
      return { mark: (aside.parked.origin as Origin).mark, facts, data: data.map(forGuest) };
    },
    take(target) {
      const isMeant = terms !== undefined && aside?.parked.key === keyOf(terms.scope, target);
      return isMeant ? aside?.take() : undefined;
    },
    withdraw: () => aside?.giveBack(),
    release(isInOrder) {
      if (isInOrder) aside?.giveBack();
      else aside?.close();
    },
  };
}
