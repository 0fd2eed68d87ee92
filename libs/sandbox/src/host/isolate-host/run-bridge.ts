/** The host's side of one run's bridge: carries out what the guest posts and brings it the events. */
import type { GuestEvent, OfferedSession, Operation, RunReport } from '../../bridge/operations.ts';
import { createAnswers } from './answers.ts';
import { createCryptoDesk } from './crypto/crypto-desk.ts';
import { createEventQueue } from './event-queue.ts';
import type { BridgeHandler } from './guest-references.ts';
import { LIMITS, QuotaExceeded } from './limits.ts';
import { operationsOf } from './operation-table.ts';
import type { ReuseTerms } from './reuse/reuse-terms.ts';
import { createRunClock } from './run-clock.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import { createRunQuestions, type Questions } from './run-questions.ts';
import { asRunReport } from './run-report.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import { createSockets, type Sockets } from './sockets.ts';
import type { SupervisorLink } from './supervisor-link.ts';
import { createTransportLog, type TransportLog } from './transport-log.ts';
import { createRunWaits, type RunWaits } from './wait-clock.ts';
import { toWireError } from './wire-error.ts';
import { createZlibDesk } from './zlib/zlib-desk.ts';

export type RunBridge = BridgeHandler & {
  readonly log: RunLog;
  readonly transport: TransportLog;
  readonly connections: Sockets['counts'];
  readonly waits: RunWaits;
  /** A session of an earlier run that is put aside for this one; undefined where there is none. */
  offer(): OfferedSession | undefined;
  /** Calls when servers have let go of all connections that a driver has taken leave of; at once where there are none. */
  whenLeft(act: () => void): void;
  /** Whether the run left nothing open in the host. */
  isQuiet(): boolean;
  /** `isInOrder`: the run has ended by itself, and what may be kept of its connections is kept. */
  close(isInOrder?: boolean): void;
};

export type RunBridgeDeps = {
  readonly runId: string;
  readonly link: SupervisorLink;
  readonly files: RuntimeFiles;
  readonly reuse?: ReuseTerms | undefined;
  /** The script has required a package that was not brought along. */
  readonly onPackage: (name: string) => void;
  readonly dispatch: (events: readonly GuestEvent[]) => Promise<void>;
  readonly onDone: (report: RunReport) => void;
  readonly onQuota: (error: QuotaExceeded) => void;
};

export function createRunBridge(deps: RunBridgeDeps): RunBridge {
  const { runId, link, files, reuse, onPackage, onDone, onQuota } = deps;
  const transport = createTransportLog();
  const log = createRunLog();
  const waits = createRunWaits();
  let operations = 0;
  let closed = false;
  const events = createEventQueue(deps.dispatch, (full) => sockets.holdReading(full));
  const sockets: Sockets = createSockets({ runId, link, reuse, transport, events, waits, onQuota });
  const answers = createAnswers({ runId, link, transport, events, waits });
  const clock = createRunClock(events);
  const crypto = createCryptoDesk(events, waits.hash);
  const zlib = createZlibDesk(events);
  const own: Questions = new Map([...crypto.questions, ...sockets.questions, ...zlib.questions]);
  const answerQuestion = createRunQuestions({ files, onPackage, own, waits });

  const parts = { transport, log, sockets, answers, clock, crypto, zlib };
  const table = operationsOf(parts, (report) => onDone(asRunReport(report)));
  const onOperations = (batch: unknown): void => {
    if (!Array.isArray(batch)) return;
    for (const operation of batch) if (!closed) onOperation(operation);
  };
  /** Operations, counted as such, whose events come back with the answer, as far as they make them at once. */
  const act = (batch: unknown): unknown => {
    if (!Array.isArray(batch) || batch.length === 0) throw new TypeError('There is nothing to do');
    return events.gather(() => onOperations(batch));
  };
  const onOperation = (operation: Operation): void => {
    const [name = '', ...parts] = Array.isArray(operation) ? operation : [];
    // Not counted: one turn at a time is no more work for the host than for the isolate, whose deadline ends a chain of them.
    if (name === 'immediate' && clock.beginTurn()) return;
    operations += 1;
    if (operations > LIMITS.operations) {
      onQuota(new QuotaExceeded(`The script made more than ${LIMITS.operations} calls out of its isolate`));
      return;
    }
    try {
      table.get(name)?.(...(parts as never[]));
    } catch (error) {
      if (error instanceof QuotaExceeded) onQuota(error);
      else if (typeof parts[0] === 'number') events.emit([parts[0], 'error', toWireError(error)]);
    }
  };

  return {
    log,
    transport,
    connections: sockets.counts,
    waits,
    offer: sockets.offer,
    whenLeft: sockets.whenLeft,
    isQuiet: () => sockets.size() === 0 && answers.pending() === 0 && crypto.pending() === 0 && zlib.pending() === 0,
    onOperations,
    onQuestion(question, args) {
      try {
        if (question === 'act') return { value: act(args[0]) };
        return { value: answerQuestion(question, args) };
      } catch (error) {
        return { error: toWireError(error) };
      }
    },
    close(isInOrder = false) {
      closed = true;
      events.close();
      clock.stop();
      sockets.closeAll(isInOrder);
      crypto.close();
      zlib.close();
    },
  };
}
