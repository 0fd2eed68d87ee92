/**
 * What the Node of an isolate host is started with, and whatever makes code caches for it: V8 takes a cache only where the
 * flags are the same.
 */
export const NODE_FLAGS: readonly string[] = [
  // isolated-vm asks for it.
  '--no-node-snapshot',
  // Collecting on threads beside costs more processor time than it saves in heaps of a few megabytes.
  '--single-threaded-gc',
  // MB. Left to itself, what a host throws away at once grows to some 50 MB before it is collected.
  '--max-semi-space-size=2',
];
