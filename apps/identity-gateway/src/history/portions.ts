import type { EndedRun } from './ended-run.ts';

/** Of the 4 MiB that a message may have: names, numbers and times come on top of a script's words. */
const PORTION_BYTES_MAX = 3 * 1024 * 1024;

/** What a script's words take: limits count characters, of which one has up to three bytes. */
const bytesOf = ({ logs, error }: EndedRun): number =>
  logs.reduce((sum, { text }) => sum + Buffer.byteLength(text), Buffer.byteLength(error?.message ?? ''));

/** Runs as they go in one message each, in their order. */
export const portionsOf = (runs: readonly EndedRun[]): readonly (readonly EndedRun[])[] => {
  const portions: EndedRun[][] = [];
  let room = 0;
  for (const run of runs) {
    const bytes = bytesOf(run);
    if (bytes > room || portions.length === 0) {
      portions.push([]);
      room = PORTION_BYTES_MAX;
    }
    portions.at(-1)?.push(run);
    room -= bytes;
  }
  return portions;
};
