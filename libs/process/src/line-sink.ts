import { pino } from 'pino';

/** Where lines go. */
export type LineSink = { readonly write: (line: string) => void };

type Destination = Pick<ReturnType<typeof pino.destination>, 'write' | 'flushSync'>;

/** `sync: false`: another thread writes, and a reader who is slow holds nobody up. */
const openStdout = (sync: boolean): Destination => pino.destination({ dest: process.stdout.fd ?? 1, sync });

/**
 * Takes the lines of one turn of the event loop and writes them together behind it: what a turn sends to others goes first,
 * and the thread that writes is woken once. Lines that wait when the process ends are written then.
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
      if (lines === '') setImmediate(() => destination?.write(taken()));
      lines += line;
    },
  };
};
