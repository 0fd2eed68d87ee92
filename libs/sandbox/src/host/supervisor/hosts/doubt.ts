import type { Outcome } from '@userferry/script-contract';

/** After these an isolate may turn out to be unstoppable, and the host with it: nothing new is put there for a while. */
const DOUBTFUL = new Set<Outcome>(['timed_out', 'out_of_memory', 'killed']);
export const DOUBT_MS = 500;

export const isDoubtful = (outcome: Outcome): boolean => DOUBTFUL.has(outcome);

/** Whether a run has just ended so that its host may have to be killed for it, or to end itself. */
export type Doubt = {
  /** A run has ended. */
  note(outcome: Outcome): void;
  /** How the last of them ended; undefined where there is none. */
  readonly outcome: Outcome | undefined;
};

export const createDoubt = (): Doubt => {
  const last = { outcome: undefined as Outcome | undefined, untilMs: 0 };
  return {
    note(outcome) {
      if (isDoubtful(outcome)) Object.assign(last, { outcome, untilMs: performance.now() + DOUBT_MS });
    },
    get outcome() {
      return performance.now() < last.untilMs ? last.outcome : undefined;
    },
  };
};
