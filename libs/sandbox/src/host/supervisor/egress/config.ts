/**
 * How many of libuv's threads may be in `getaddrinfo` and `getnameinfo` at a time: half of them. libuv tells nobody how many
 * there are, so its own variable is read as it does, with C's `atoi`.
 */
export const lookupThreadsHere = (poolSize = process.env.UV_THREADPOOL_SIZE ?? '4'): number =>
  Math.floor((Math.min(1024, Math.max(1, Number.parseInt(poolSize, 10) || 1)) + 1) / 2);
