import type { SandboxLog } from '../sandbox-log.ts';
import { createBirthPause } from './birth-pause.ts';

/** Isolate hosts that died at birth or soon after it: told, and waited for longer and longer. */
export type BirthFailures = Disposable & {
  /** Milliseconds until the next may be started. */
  readonly delayMs: number;
  /** Have the last few died? */
  readonly areMany: boolean;
  note(reason: string, what: string): void;
  /** One lives. */
  end(): void;
};

/** One death may be chance, or a machine that is busy; what is missing or forbidden kills them all. */
const MANY_FROM = 3;

/** `onOver`: another may be tried. */
export const createBirthFailures = (log: SandboxLog, onOver: () => void): BirthFailures => {
  const pause = createBirthPause();
  let retry: NodeJS.Timeout | undefined;
  return {
    get delayMs() {
      return pause.delayMs;
    },
    get areMany() {
      return pause.failures >= MANY_FROM;
    },
    note(reason, what) {
      pause.failed();
      log.error({ reason, retryInMs: pause.delayMs }, what);
      clearTimeout(retry);
      retry = setTimeout(onOver, pause.delayMs).unref();
    },
    end: pause.succeeded,
    [Symbol.dispose]: () => clearTimeout(retry),
  };
};
