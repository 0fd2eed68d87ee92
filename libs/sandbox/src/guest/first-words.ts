/** What a driver says first on a connection, where the host says it before the driver hears that the connection is there. */
import type { GuestEvent } from '../bridge/operations.ts';
import { send, tellSoon } from './bridge.ts';

export type FirstWords = {
  /** For the host; undefined where nothing is known of them. */
  readonly bytes: Uint8Array | undefined;
  /** The connection is there, and the host has said them or not. */
  onConnect(isSaid: boolean): void;
  /** Whether these bytes are not to be sent: they are those, or the connection is of no use any more. */
  takes(bytes: Uint8Array): boolean;
};

const BROKEN = { message: 'read ECONNRESET', code: 'ECONNRESET', syscall: 'read' };

export function isSame(bytes: Uint8Array, expected: Uint8Array | readonly number[]): boolean {
  if (bytes.length !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (bytes[i] !== expected[i]) return false;
  return true;
}

/** Other words were said: a script has changed its driver's mind meanwhile, and the server has heard what nobody meant. */
const endOf = (id: number): readonly GuestEvent[] => [
  [id, 'error', BROKEN],
  [id, 'close', true],
];

export function createFirstWords(id: number, bytes: Uint8Array | undefined): FirstWords {
  let said: Uint8Array | undefined;
  return {
    bytes,
    onConnect(isSaid) {
      if (isSaid && bytes !== undefined && bytes.length > 0) said = bytes;
    },
    takes(given) {
      if (said === undefined) return false;
      const isExpected = isSame(given, said);
      said = undefined;
      if (isExpected) return true;
      send(['destroy', id]);
      tellSoon(endOf(id));
      return true;
    },
  };
}
