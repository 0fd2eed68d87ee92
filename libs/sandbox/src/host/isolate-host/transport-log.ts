/** What became of a run's connections and lookups: the evidence by which an outage is told from a rejection. */
import type { WireError } from '../../bridge/operations.ts';

const FAILURES_MAX = 64;

export type TransportLog = {
  readonly failures: readonly WireError[];
  /** Whether the last thing that happened on the network was a failure. */
  readonly lastFailed: boolean;
  failed(error: WireError): void;
  succeeded(): void;
};

export function createTransportLog(): TransportLog {
  const failures: WireError[] = [];
  let lastFailed = false;
  return {
    failures,
    get lastFailed() {
      return lastFailed;
    },
    failed(error) {
      lastFailed = true;
      if (failures.length < FAILURES_MAX) failures.push(error);
    },
    succeeded() {
      lastFailed = false;
    },
  };
}
