/** How a driver says that its socket may be kept for later runs; nothing that a script can reach. */

/** An option of `connect` by which it is said. */
export const REUSE_KEY = Symbol('reuse');

/** The same, of sockets that are yet to connect. */
const reuseKeys = new WeakMap<object, string>();
export const setReuseKey = (socket: object, key: string): void => void reuseKeys.set(socket, key);
export const reuseKeyOf = (socket: object): string | undefined => reuseKeys.get(socket);
