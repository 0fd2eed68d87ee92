/** What became of a run's connections and lookups: the evidence by which an outage is told from a rejection. */
import type { WireError } from '../../bridge/operations.ts';

const FAILURES_MAX = 64;

/** Whether it failed because a script may not go there: by the egress policy, or for a way that no script has. */
export const isDenial = ({ code }: { readonly [field: string]: unknown }): boolean =>
  code === 'EGRESS_DENIED' || code === 'EACCES';

export type TransportLog = {
  readonly failures: readonly WireError[];
  /** The last refusal. */
  denial(): WireError | undefined;
  /** What failed, when the last thing that happened on the network was a failure. */
  lastFailure(): WireError | undefined;
  failed(error: WireError): void;
  succeeded(): void;
  /** A store said something: what was denied before that was not all there is. An outage is not made up for so easily. */
  answered(): void;
};

export function createTransportLog(): TransportLog {
  const failures: WireError[] = [];
  let lastFailure: WireError | undefined;
  let denial: WireError | undefined;
  return {
    failures,
    denial: () => denial,
    lastFailure: () => lastFailure,
    failed(error) {
      lastFailure = error;
      if (isDenial(error)) denial = error;
      if (failures.length < FAILURES_MAX) failures.push(error);
    },
    succeeded() {
      lastFailure = undefined;
    },
    answered() {
      if (lastFailure !== undefined && isDenial(lastFailure)) lastFailure = undefined;
    },
  };
}
