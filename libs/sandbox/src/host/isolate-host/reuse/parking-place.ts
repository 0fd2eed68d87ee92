/** One connection that no run has. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SocketAddresses } from '../../../bridge/operations.ts';
import { REUSE } from '../limits.ts';
import type { Follower } from './follower.ts';
import type { Origin } from './session-key.ts';

export type Parked = {
  readonly key: string;
  /** There where it may be offered to a run that has not asked for it yet. */
  readonly origin?: Origin;
  readonly socket: Socket | TLSSocket;
  readonly addresses: SocketAddresses;
  readonly follower: Follower;
  readonly openedAtMs: number;
  /** When the first certificate of the peer ends, by `Date.now`; without TLS never. */
  readonly validUntilMs?: number;
};

export type ParkingPlace = {
  /** Nothing of the place is in it: what is parked again and again would hold every place that it ever had. */
  readonly parked: Parked;
  /** Put back to what it was, and fit for a run. */
  isReady(): boolean;
  /** Resolves when it is known whether it is. */
  readonly settled: Promise<void>;
  /** Gives it out of hand as it is. */
  leave(): void;
  close(): void;
};

const FAREWELL_MS = 1000;

/** Closes a connection whose server may take long to hear it, and be as wrong as it likes. */
export function dismiss({ socket, follower }: Pick<Parked, 'socket' | 'follower'>): void {
  socket.on('error', () => undefined).on('data', () => undefined);
  socket.end(follower.farewell);
  const late = setTimeout(() => socket.destroy(), FAREWELL_MS);
  socket.once('close', () => clearTimeout(late));
}

/**
 * Puts a session back in the background, and closes the connection as soon as its server says or does anything after that,
 * and when its time is over. `onLeave` is called once, however it leaves; `onRefused` when the session was not put back.
 */
export function createParkingPlace(parked: Parked, onLeave: () => void, onRefused: () => void): ParkingPlace {
  const { socket, follower } = parked;
  let isReady = false;
  let isHere = true;
  const onWord = (): void => {
    if (isReady) close();
  };
  const leave = (): void => {
    if (!isHere) return;
    isHere = false;
    clearTimeout(timer);
    socket.off('data', onWord).off('end', close).off('error', close).off('close', close);
    onLeave();
  };
  function close(): void {
    leave();
    socket.on('error', () => undefined).destroy();
  }
  const closeInOrder = (): void => {
    if (!isReady) close();
    leave();
    if (!socket.destroyed) dismiss(parked);
  };
  const giveUp = (): void => {
    onRefused();
    close();
  };
  const restore = async (): Promise<void> => {
    const isReset = await follower.reset(socket).catch(() => false);
    if (!isHere) return;
    clearTimeout(timer);
    if (isReset) {
      isReady = true;
      timer = setTimeout(closeInOrder, follower.idleMs?.() ?? REUSE.idleMs);
    } else giveUp();
  };

  let timer = setTimeout(giveUp, REUSE.resetMs);
  socket.on('data', onWord).on('end', close).on('error', close).on('close', close);
  socket.resume();
  const settled = restore();
  return {
    parked,
    isReady: () => isReady && isHere,
    settled,
    leave,
    close: closeInOrder,
  };
}
