/** What one run may use of its isolate host. The isolate's heap and the run's time come with the run itself. */
export const LIMITS = {
  /** Operations that the guest may post in one run. */
  operations: 200_000,
  bytesOut: 64 * 1024 * 1024,
  bytesIn: 256 * 1024 * 1024,
  /** Bytes read from sockets that the guest has not taken yet; above it the sockets are paused. */
  bytesWaiting: 1024 * 1024,
  /** Connections at once, and opened in one run. */
  sockets: 64,
  socketsOpened: 1_000,
  questions: 20_000,
  pbkdf2Iterations: 10_000_000,
  scryptMemoryBytes: 128 * 1024 * 1024,
  derivedKeyBytes: 1024 * 1024,
  bcryptRounds: 14,
  /** Of a hash that there is: whoever has one could not log in at all. Seconds, which the run's own time ends. */
  bcryptRoundsCompared: 16,
  randomBytes: 1024 * 1024,
  /** Of a text that becomes bytes. */
  textCharacters: 64 * 1024 * 1024,
  /** Time for what a run left open to close before its isolate is given up. */
  settleMs: 250,
  /** How long it waits for a server's first bytes that a connection is there, where its driver has nothing to say meanwhile. */
  untoldMs: 100,
  /** Time for a server to let go of a connection that its driver has taken leave of. Then it is cut. */
  leaveMs: 1_000,
  /** Time for a disposed isolate to stop. After it the process ends itself. */
  disposeMs: 250,
} as const;

/** When a warm isolate is replaced. */
export const RETIREMENT = {
  runs: 4000,
  ageMs: 15 * 60_000,
  /** Parts of the memory limit that may be in use after a run: of the heap, and of it and the buffers together. */
  heapShare: 0.5,
  heldShare: 0.75,
  /** How long a run waits for the isolate of the run before it, where another would have to be made. */
  waitMs: 15,
  /** Warm isolates that wait for their next run: so many at most, and one alone when the others have had none for so long. */
  idle: 8,
  idleMs: 10_000,
} as const;

/** When a warm isolate gives back what runs have left in its heap. */
export const REST = {
  /** After the beginning of its last run. */
  ms: 2_000,
  /** Runs since it last did, and before it does so first: it costs what ten runs do, and the next run a millisecond or two. */
  runs: 200,
  firstRuns: 10,
} as const;

/** Isolates that are made ready before they are asked for. */
export const PREPARED = {
  /** At most, and no more than there were runs at a time; of drivers that take much, no more than fit into so many bytes. */
  count: 4,
  bytes: 64 * 1024 * 1024,
  /** So long after one was last worth having they are given back. */
  idleMs: 30_000,
} as const;

/** Connections that are kept for later runs. */
export const REUSE = {
  /** Idle ones with the same credentials and options, and in all. They count against the limits of the company's server. */
  perKey: 8,
  total: 8,
  idleMs: 30_000,
  ageMs: 10 * 60_000,
  /** Time for a session to be put back. */
  resetMs: 1_000,
  /** How long a run waits for one that is being put back: a new one takes a server several times as long. */
  waitMs: 250,
  /** Of a web service that does not say how long it waits for the next request; less than any is known to. */
  httpIdleMs: 4_000,
  /** How much sooner a connection is given up than its server says that it will. */
  httpMarginMs: 1_000,
  keyCharacters: 64 * 1024,
  /** Servers that refused to put a session back and are not asked again, by their keys. */
  refusals: 64,
  refusedMs: 5 * 60_000,
} as const;

/** Raised on the host's side of the bridge when a run asks for more than it may have. */
export class QuotaExceeded extends Error {
  readonly code = 'QUOTA_EXCEEDED';
}
