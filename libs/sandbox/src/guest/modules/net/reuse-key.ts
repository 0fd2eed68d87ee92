/** How a driver says that its socket may be kept for later runs; nothing that a script can reach. */
import type { Welcome } from '../../../bridge/operations.ts';

/** An option of `connect` by which it is said. */
export const REUSE_KEY = Symbol('reuse');

/** The same, of sockets that are yet to connect, or of the options that one will connect with. */
const reuseKeys = new WeakMap<object, string>();
export const setReuseKey = (of: object, key: string): void => void reuseKeys.set(of, key);
export const reuseKeyOf = (of: object): string | undefined => reuseKeys.get(of);

/** What drivers will write first on sockets, by these or the options of their `connect`; nothing where the server speaks first. */
const firstWords = new WeakMap<object, Uint8Array>();
export const setFirstWords = (of: object, words: Uint8Array): void => void firstWords.set(of, words);
/** For one connection: what a script connects the socket to later is spoken to by the script. */
export function takeFirstWords(of: object): Uint8Array | undefined {
  const words = firstWords.get(of);
  firstWords.delete(of);
  return words;
}

/** What sockets of sessions that an earlier run has opened were welcomed with. */
const welcomes = new WeakMap<object, Welcome>();
export const setWelcome = (socket: object, welcome: Welcome): void => void welcomes.set(socket, welcome);
export const welcomeOf = (socket: object): Welcome | undefined => welcomes.get(socket);
