/**
 * Connections between two runs: put back to what they were, looked after, and given to the next run that asks for just
 * such a one. They lie in the isolate host, where no script reaches them, and serve one connection of ours alone, as it does.
 */
import { REUSE } from '../limits.ts';
import { createParkingPlace, dismiss, type Parked, type ParkingPlace } from './parking-place.ts';

/** A connection that waits for one run. It lies where it lay, and is given up like any other. */
export type PutAside = {
  readonly parked: Parked;
  /** Gives it out; undefined where it is not fit any more. */
  take(): Parked | undefined;
  /** It is for everybody again. */
  giveBack(): void;
  /** It is for nobody. */
  close(): void;
};

export type ParkingLot = {
  isEmpty(): boolean;
  /** Whether it takes connections of this key at all: not for a while after one could not be put back. */
  accepts(key: string): boolean;
  /** Gives up all that wait under this key. */
  forget(key: string): void;
  /** The same, and takes none of them for a while. */
  refuse(key: string): void;
  /** Takes a connection that nobody listens to any more. */
  park(parked: Parked): void;
  /**
   * Looks for one. `answer` is called once; with `undefined` where there is none that `mayServe`. The returned function
   * withdraws the question.
   */
  take(key: string, mayServe: (parked: Parked) => boolean, answer: (parked: Parked | undefined) => void): () => void;
  /** Puts one aside that is ready now. `onGone` is called where its server ends it before anybody has decided on it. */
  putAside(isWanted: (parked: Parked) => boolean, onGone: () => void): PutAside | undefined;
};

/** A certificate that has ended meanwhile would not be accepted by who connects anew. */
const isTooOld = ({ openedAtMs, validUntilMs = Number.POSITIVE_INFINITY }: Parked): boolean =>
  performance.now() - openedAtMs > REUSE.ageMs || Date.now() > validUntilMs;

/** Calls `act` once the place is given up or ready, or after a while; in a later turn, as what has ended meanwhile shows then. */
function whenSettled(place: ParkingPlace, act: () => void): void {
  let isDone = false;
  const once = (): void => {
    clearTimeout(late);
    if (!isDone) act();
    isDone = true;
  };
  // What has come meanwhile to a process that stood still is looked at first.
  const late = setTimeout(() => setImmediate(once), REUSE.waitMs);
  void place.settled.then(() => setImmediate(once));
}

/** What is called when one that is put aside is given up. */
type Aside = Map<ParkingPlace, () => void>;

/** One word decides: after it the place may be another run's. */
function reserve(place: ParkingPlace, aside: Aside, onGone: () => void): PutAside {
  let isOver = false;
  const decide = (): boolean => {
    const isFirst = !isOver && aside.delete(place);
    isOver = true;
    return isFirst;
  };
  aside.set(place, onGone);
  return {
    parked: place.parked,
    take() {
      if (!decide() || !place.isReady()) return undefined;
      place.leave();
      return place.parked;
    },
    giveBack: () => void decide(),
    close() {
      if (decide()) place.close();
    },
  };
}

export function createParkingLot(): ParkingLot {
  let places: ParkingPlace[] = [];
  const aside: Aside = new Map();
  /** Keys whose sessions could not be put back, and until when they are not kept. */
  const refused = new Map<string, number>();

  const noteRefusal = (key: string): void => {
    if (refused.size >= REUSE.refusals) refused.clear();
    refused.set(key, performance.now() + REUSE.refusedMs);
  };
  const isRefused = (key: string): boolean => (refused.get(key) ?? 0) > performance.now();
  const placesOf = (key: string): ParkingPlace[] => places.filter(({ parked }) => parked.key === key);
  const hasRoom = (key: string): boolean => places.length < REUSE.total && placesOf(key).length < REUSE.perKey;
  /** Where the lot is full, what waits for other credentials has to go. */
  const makeRoom = (key: string): boolean => {
    if (!hasRoom(key)) places.find(({ parked }) => parked.key !== key)?.close();
    return hasRoom(key);
  };
  /** The one that came last, so that those that are not needed grow old. */
  const takeReady = (key: string, mayServe: (parked: Parked) => boolean): Parked | undefined => {
    for (;;) {
      const found = places.findLast((one) => one.isReady() && one.parked.key === key && !aside.has(one));
      if (found === undefined) return undefined;
      if (!isTooOld(found.parked) && mayServe(found.parked)) {
        found.leave();
        return found.parked;
      }
      found.close();
    }
  };

  const forget = (key: string): void => {
    for (const place of placesOf(key)) place.close();
  };

  return {
    isEmpty: () => places.length === 0,
    accepts: (key) => !isRefused(key),
    forget,
    refuse(key) {
      forget(key);
      noteRefusal(key);
    },
    park(parked) {
      const { key, socket } = parked;
      if (isRefused(key) || isTooOld(parked) || socket.destroyed || !makeRoom(key)) {
        dismiss(parked);
        return;
      }
      const onLeave = (): void => {
        places = places.filter((one) => one !== place);
        aside.get(place)?.();
        aside.delete(place);
      };
      const place: ParkingPlace = createParkingPlace(parked, onLeave, () => noteRefusal(key));
      places.push(place);
    },
    putAside(isWanted, onGone) {
      const place = places.findLast(
        (one) => one.isReady() && !aside.has(one) && !isTooOld(one.parked) && isWanted(one.parked),
      );
      if (place === undefined) return undefined;
      return reserve(place, aside, onGone);
    },
    take(key, mayServe, answer) {
      const ofKey = placesOf(key).filter((one) => !aside.has(one));
      const first = ofKey.find((one) => one.isReady()) ?? ofKey[0];
      // A run has come by several turns of the loop before its script asks: what had ended before it is gone.
      if (first === undefined || first.isReady()) {
        answer(takeReady(key, mayServe));
        return () => undefined;
      }
      let isWithdrawn = false;
      whenSettled(first, () => {
        if (!isWithdrawn) answer(takeReady(key, mayServe));
      });
      return () => {
        isWithdrawn = true;
      };
    },
  };
}
