/** How long to wait before the next isolate host is started, after some died at birth. */
export type BirthPause = {
  /** Milliseconds to wait; 0 when all is well. */
  readonly delayMs: number;
  /** How many died at birth since one lived. */
  readonly failures: number;
  failed(): void;
  succeeded(): void;
};

const FIRST_MS = 100;
const LONGEST_MS = 30_000;

/** Doubles with each failure in a row. */
export const createBirthPause = (now: () => number = () => performance.now()): BirthPause => {
  let failures = 0;
  let resumeAt = 0;
  return {
    get delayMs() {
      return Math.max(0, resumeAt - now());
    },
    get failures() {
      return failures;
    },
    failed() {
      resumeAt = now() + Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
      failures += 1;
    },
    succeeded() {
      failures = 0;
      resumeAt = 0;
    },
  };
};
