import { pino } from 'pino';

/** Where lines go. */
export type LineSink = { readonly write: (line: string) => void };

type Destination = Pick<ReturnType<typeof pino.destination>, 'write' | 'flushSync'>;

/** So long a line waits for others: long enough that the call which wrote it has its answer, and for the calls of one login. */
const GATHER_MS = 10;

/** `sync: false`: another thread writes, and a reader who is slow holds nobody up. */
const openStdout = (sync: boolean): Destination => pino.destination({ dest: process.stdout.fd ?? 1, sync });

/**
 * Takes the lines of some milliseconds and writes them together: what goes to others goes first, to the last frame of an
 * answer, and the thread that writes is woken once. Lines that wait when the process ends are written then.
 */
export const createLineSink = (open: (sync: boolean) => Destination = openStdout): LineSink => {
  let destination: Destination | undefined;
  let lines = '';
  const taken = (): string => {
    const all = lines;
    lines = '';
    return all;
  };
  const begin = (): Destination => {
    const begun = open(false);
    process.on('exit', () => {
      begun.flushSync();
      if (lines !== '') open(true).write(taken());
    });
    return begun;
  };
  return {
    write: (line) => {
      destination ??= begin();
      if (lines === '') setTimeout(() => destination?.write(taken()), GATHER_MS).unref();
      lines += line;
    },
  };
};
