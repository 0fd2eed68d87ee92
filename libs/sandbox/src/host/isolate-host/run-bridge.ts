/** The host's side of one run's bridge: carries out what the guest posts and brings it the events. */

import type { LogLine } from '@userferry/script-contract';
import type { GuestEvent, Operation, RunReport } from '../../bridge/operations.ts';
import { asInteger, asText } from './arguments.ts';
import { LIMITS, QuotaExceeded } from './limits.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import type { BridgeHandler } from './slot.ts';
import { createSockets } from './sockets.ts';
import type { SupervisorLink } from './supervisor-link.ts';
import { createTransportLog, type TransportLog } from './transport-log.ts';
import { toWireError } from './wire-error.ts';
import { bcryptAsync, derive, QUESTIONS } from './work.ts';

export type RunBridge = BridgeHandler & {
  readonly logs: readonly LogLine[];
  readonly transport: TransportLog;
  /** Whether the run left nothing open in the host. */
  readonly isQuiet: boolean;
  close(): void;
};

export type RunBridgeDeps = {
  readonly runId: string;
  readonly link: SupervisorLink;
  readonly files: RuntimeFiles;
  readonly dispatch: (events: readonly GuestEvent[]) => Promise<void>;
  readonly onDone: (report: RunReport) => void;
  readonly onQuota: (error: QuotaExceeded) => void;
};

const LEVELS = new Set(['debug', 'info', 'warn', 'error']);
const CLOCK_ID = 0;

export function createRunBridge(deps: RunBridgeDeps): RunBridge {
  const { runId, link, files, dispatch, onDone, onQuota } = deps;
  const transport = createTransportLog();
  const logs: LogLine[] = [];
  let logCharacters = 0;
  let operations = 0;
  let questions = 0;
  let pendingWork = 0;
  let closed = false;
  let alarm: NodeJS.Timeout | undefined;
  let queue: GuestEvent[] = [];
  let queuedBytes = 0;
  let waitingBytes = 0;

  const flush = (): void => {
    if (closed || queue.length === 0) return;
    const batch = queue;
    const bytes = queuedBytes;
    queue = [];
    queuedBytes = 0;
    void dispatch(batch).finally(() => {
      const wasFull = waitingBytes > LIMITS.bytesWaiting;
      waitingBytes -= bytes;
      if (wasFull && waitingBytes <= LIMITS.bytesWaiting && !closed) sockets.holdReading(false);
    });
  };
  const emit = (event: GuestEvent, bytes = 0): void => {
    if (closed) return;
    if (queue.length === 0) setImmediate(flush);
    queue.push(event);
    queuedBytes += bytes;
    waitingBytes += bytes;
    if (bytes > 0 && waitingBytes > LIMITS.bytesWaiting) sockets.holdReading(true);
  };
  const sockets = createSockets({ runId, link, transport, emit, onQuota });

  const answer = (id: number, start: (done: (error: unknown, value?: unknown) => void) => void): void => {
    pendingWork += 1;
    const done = (error: unknown, value?: unknown): void => {
      pendingWork -= 1;
      if (error === null || error === undefined) emit([id, 'ok', value]);
      else emit([id, 'err', toWireError(error)]);
    };
    try {
      start(done);
    } catch (error) {
      done(error);
    }
  };
  const resolve = (type: unknown, name: unknown, family: unknown, done: (error: unknown, value?: unknown) => void) => {
    const question = {
      runId,
      type: asText(type, 'type', 16) as 'lookup',
      name: asText(name, 'name', 512),
      family: family === 4 || family === 6 ? family : 0,
    } as const;
    link.resolve(question, (found) => {
      if ('value' in found) return done(null, found.value);
      transport.failed(toWireError(found.error));
      done(found.error);
    });
  };
  const log = (level: unknown, text: unknown, atMs: unknown): void => {
    if (logs.length >= LIMITS.logLines || logCharacters > LIMITS.logCharacters) return;
    const line = asText(text, 'text', 16 * 1024);
    logCharacters += line.length;
    const known = LEVELS.has(level as string) ? (level as LogLine['level']) : 'info';
    logs.push({ level: known, text: line, atMs: Number(atMs) || 0 });
  };
  const setAlarm = (delayMs: unknown): void => {
    clearTimeout(alarm);
    const delay = Number(delayMs);
    alarm = delay >= 0 ? setTimeout(() => emit([CLOCK_ID, 'alarm']), Math.min(delay, 2 ** 31 - 1)) : undefined;
  };

  const carryOut = (operation: Operation): void => {
    switch (operation[0]) {
      case 'open':
        return sockets.open(operation[1], operation[2], operation[3], operation[4]);
      case 'tls':
        return sockets.startTls(operation[1], operation[2], operation[3]);
      case 'write':
        return sockets.write(operation[1], operation[2], operation[3]);
      case 'end':
      case 'destroy':
      case 'pause':
      case 'resume':
        return sockets[operation[0]](operation[1]);
      case 'option':
        return sockets.setOption(operation[1], operation[2], operation[3], operation[4]);
      case 'resolve':
        return answer(asInteger(operation[1], 'id'), (done) => resolve(operation[2], operation[3], operation[4], done));
      case 'derive':
        return answer(asInteger(operation[1], 'id'), (done) => derive(operation[2], operation[3], done));
      case 'bcrypt':
        return answer(asInteger(operation[1], 'id'), (done) => bcryptAsync(operation[2], operation[3], done));
      case 'alarm':
        return setAlarm(operation[1]);
      case 'immediate':
        setImmediate(() => emit([CLOCK_ID, 'immediate']));
        return undefined;
      case 'log':
        return log(operation[1], operation[2], operation[3]);
      case 'done':
        return onDone(operation[1]);
    }
  };
  const onOperation = (operation: Operation): void => {
    operations += 1;
    if (operations > LIMITS.operations) {
      return onQuota(new QuotaExceeded(`The script made more than ${LIMITS.operations} calls out of its isolate`));
    }
    try {
      carryOut(operation);
    } catch (error) {
      if (error instanceof QuotaExceeded) onQuota(error);
      else if (typeof operation[1] === 'number') emit([operation[1], 'error', toWireError(error)]);
    }
  };

  return {
    logs,
    transport,
    get isQuiet() {
      return sockets.size === 0 && pendingWork === 0;
    },
    onOperations(batch) {
      for (const operation of batch) if (!closed) onOperation(operation);
    },
    onQuestion(question, args) {
      questions += 1;
      try {
        if (questions > LIMITS.questions) throw new QuotaExceeded('The script asked the host too often');
        if (question === 'package') return { value: files.packages.get(String(args[0]))?.code };
        const find = QUESTIONS.get(question);
        if (find === undefined) throw new TypeError('There is no such question');
        return { value: find(args) };
      } catch (error) {
        return { error: toWireError(error) };
      }
    },
    close() {
      closed = true;
      queue = [];
      clearTimeout(alarm);
      sockets.closeAll();
    },
  };
}
