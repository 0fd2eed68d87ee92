/** Where the two heaps were compared (`node-flags.test.ts`). */
const COMPARED_ON = ['linux x64 24'];

/**
 * isolated-vm asks for a Node without its snapshot: all isolates of a process share one read-only heap, and theirs would find
 * the one that Node's snapshot has brought. Where V8 is built so that no snapshot adds to it, the two are the same to the last
 * byte, and a start takes 40 ms of processor time less.
 */
const isSameHeap = (): boolean => {
  const { v8_enable_extensible_ro_snapshot: grows } = process.config.variables as Record<string, unknown>;
  const [major] = process.versions.node.split('.');
  return grows === 0 && COMPARED_ON.includes(`${process.platform} ${process.arch} ${major}`);
};

/**
 * What the Node of an isolate host is started with, and whatever makes code caches for it: V8 takes a cache only where its
 * snapshot, and most of its flags, are the same.
 */
export const NODE_FLAGS: readonly string[] = [
  ...(isSameHeap() ? [] : ['--no-node-snapshot']),
  // A young generation of a few megabytes is collected sooner than other threads are woken for it. (Without threads for the
  // old one, too, a script that is refused a large buffer would take ten times as long to hear of it.)
  '--no-parallel-scavenge',
  // MB, of the host's own heap and of each isolate's, which has two halves of it. Left to itself, what a host throws away at
  // once grows to some 50 MB before it is collected. With 2, each isolate holds 2 MB more, and a warm login costs no less.
  '--max-semi-space-size=1',
];
