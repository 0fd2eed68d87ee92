/** What is kept for a reader that has stalled, or a disk that is full: characters, of one byte as a rule. */
const WAITING_MAX = 4 * 1024 * 1024;

/** Lines that wait to be written, up to 4 MiB of them. */
export type WaitingLines = {
  /** False: there is no room, and the line is counted instead. */
  readonly add: (line: string) => boolean;
  /** What is written next: the rest of what was begun, or all lines together. */
  readonly take: () => Buffer;
  /** So many bytes of that were written. */
  readonly written: (bytes: number) => void;
  /** How many lines found no room, once there is some to say so; they are forgotten then. */
  readonly takeDropped: () => number;
};

export const createWaitingLines = (): WaitingLines => {
  let lines = '';
  let taken: Buffer = Buffer.alloc(0);
  let dropped = 0;
  return {
    add: (line) => {
      const hasRoom = taken.length + lines.length + line.length <= WAITING_MAX;
      if (hasRoom) lines += line;
      else dropped += 1;
      return hasRoom;
    },
    take: () => {
      if (taken.length > 0 || lines === '') return taken;
      taken = Buffer.from(lines);
      lines = '';
      return taken;
    },
    written: (bytes) => {
      taken = taken.subarray(bytes);
    },
    takeDropped: () => {
      if (dropped === 0 || taken.length + lines.length > WAITING_MAX / 2) return 0;
      const count = dropped;
      dropped = 0;
      return count;
    },
  };
};
