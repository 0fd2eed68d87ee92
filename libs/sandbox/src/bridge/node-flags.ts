/**
 * What the Node of an isolate host is started with, and whatever makes code caches for it: V8 takes a cache only where the
 * flags are the same.
 */
export const NODE_FLAGS: readonly string[] = [
  // isolated-vm asks for it.
  '--no-node-snapshot',
  // A young generation of a few megabytes is collected sooner than other threads are woken for it. (Without threads for the
  // old one, too, a script that is refused a large buffer would take ten times as long to hear of it.)
  '--no-parallel-scavenge',
  // MB, of the host's own heap and of each isolate's. Left to itself, what a host throws away at once grows to some 50 MB
  // before it is collected. With 1, warm logins cost 5 % more.
  '--max-semi-space-size=2',
];
