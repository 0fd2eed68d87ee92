import { write } from 'node:fs';
import { createWaitingLines, type WaitingLines } from './waiting-lines.ts';
import { writeNow } from './write-now.ts';

/** Where lines go. */
export type LineSink = { readonly write: (line: string) => void };

export type LineSinkOptions = {
  /** Called when lines that found no room can be told of. */
  readonly onDropped: (count: number) => void;
  readonly fd?: number | undefined;
};

const RETRY_MS = 20;

/**
 * Takes the lines of one turn of the event loop and writes them together behind it: what a turn sends to others goes first,
 * and the thread that writes is woken once. Lines that wait when the process ends are written then. Nothing that a log meets
 * stops or holds up the process: what cannot be written is tried again, and beyond 4 MiB lines are dropped and counted.
 * Of its own, since sonic-boom (4.2), which pino writes with, tries for ever in `exit` and forgets there what it had begun.
 */
export const createLineSink = (options: LineSinkOptions): LineSink => {
  const waiting = createWaitingLines();
  let [isBusy, isInThread] = [false, false];
  let fd: number | undefined;
  const tellDropped = (): void => {
    const count = waiting.takeDropped();
    if (count > 0) options.onDropped(count);
  };
  const next = (): void => {
    const bytes = waiting.take();
    isBusy = isInThread = bytes.length > 0;
    if (isBusy) write(opened(), bytes, onWritten);
  };
  const onWritten = (error: Error | null, bytes: number): void => {
    isInThread = false;
    // It waits for a reader, and must not keep a process that has nothing else to do.
    if (error) return void setTimeout(next, RETRY_MS).unref();
    waiting.written(bytes);
    tellDropped();
    next();
  };
  const finish = (): void => {
    // The thread has it, and writes it before the process is gone.
    if (isInThread) waiting.written(Number.POSITIVE_INFINITY);
    if (!drainNow(opened(), waiting)) return;
    tellDropped();
    drainNow(opened(), waiting);
  };
  /** Whoever logs nothing leaves standard output as it is. */
  const opened = (): number => {
    if (fd !== undefined) return fd;
    process.on('exit', finish);
    fd = options.fd ?? process.stdout.fd ?? 1;
    return fd;
  };
  const begin = (): void => {
    isBusy = true;
    opened();
    setImmediate(next);
  };
  return {
    write: (line) => {
      if (waiting.add(line) && !isBusy) begin();
    },
  };
};

/** Whether all that waits was written: what was begun, then the lines behind it. */
const drainNow = (fd: number, waiting: WaitingLines): boolean => {
  for (let bytes = waiting.take(); bytes.length > 0; bytes = waiting.take()) {
    if (!writeNow(fd, bytes)) return false;
    waiting.written(bytes.length);
  }
  return true;
};
