/** Tells an outage of the tenant's store, and a refusal by the egress policy, from what the script itself decided. */
import type { Outcome } from '@userferry/script-contract';
import type { ReportedError, RunReport, WireError } from '../../bridge/operations.ts';
import { isTransport, type Link } from './outage-signs.ts';
import { isDenial, type TransportLog } from './transport-log.ts';

/** By these a script says that it decided; they are never taken for an outage. */
const DECIDED_NAMES = new Set([
  'WrongUsernameOrPasswordError',
  'UserNotFoundError',
  'UserExistsError',
  'ValidationError',
]);

/** No user, and a wrong password: what a script answers that has caught the error of a store it could not ask. */
const NEGATIVE = new Set<string | undefined>(['null', 'false']);

/** Shorter texts would be found by chance. */
const CONTAINED_MIN = 12;
const OUT_OF_MEMORY = /Array buffer allocation failed|disposed during execution due to memory limit/;

/** Whether a failure of this run shows in the error: by its code, or by its text inside the thrown one. */
function shows(failure: WireError, chain: readonly Link[]): boolean {
  return chain.some(({ code, message }) => {
    if (code !== undefined && code === failure.code) return true;
    return failure.message.length >= CONTAINED_MIN && message.includes(failure.message);
  });
}

const ofFailure = (failure: WireError): Outcome => (isDenial(failure) ? 'egress_denied' : 'store_unreachable');

function ofError(error: ReportedError, transport: TransportLog): Outcome {
  const { chain } = error;
  // Whoever was not let through to a store has decided nothing, by whatever name.
  const last = transport.lastFailure();
  const isLastDenied = last !== undefined && isDenial(last);
  if (chain.some(({ name }) => DECIDED_NAMES.has(name))) return isLastDenied ? 'egress_denied' : 'threw';
  const denied = transport.failures.filter(isDenial);
  if (chain.some(isDenial) || denied.some((failure) => shows(failure, chain))) {
    return 'egress_denied';
  }
  if (chain.some(({ code }) => code === 'QUOTA_EXCEEDED')) return 'quota_exceeded';
  if (OUT_OF_MEMORY.test(error.message)) return 'out_of_memory';
  if (chain.some(isTransport) || transport.failures.some((failure) => shows(failure, chain)))
    return 'store_unreachable';
  // A script that catches the driver's error and throws a plain one of its own has lost the cause, but not the fact.
  if (last && error.name === 'Error') return denied.length > 0 ? 'egress_denied' : 'store_unreachable';
  return 'threw';
}

/** The outcome of a run that reported its end, with the transport's evidence weighed in. */
export function classify(report: RunReport, transport: TransportLog): Outcome {
  switch (report.kind) {
    case 'returned': {
      const last = transport.lastFailure();
      return last && NEGATIVE.has(report.resultJson) ? ofFailure(last) : 'completed';
    }
    case 'threw':
      return report.error === undefined ? 'threw' : ofError(report.error, transport);
    default:
      return report.kind;
  }
}

/** In isolated-vm's own words. Its error has no class or code of its own, and a script's rejection comes the same way. */
const ABORTS: readonly (readonly [string, Outcome])[] = [
  ['Script execution timed out.', 'timed_out'],
  ['Isolate was disposed during execution due to memory limit', 'out_of_memory'],
];

/** What ivm says when a call into an isolate ended abnormally, as an outcome; `undefined` for anything else. */
export function outcomeOfAbort(error: unknown): Outcome | undefined {
  const message = error instanceof Error ? error.message : String(error);
  return ABORTS.find(([text]) => message === text)?.[1];
}
