/** The open engines of one run, with what they hold counted against what a run may hold. */
import { asBytes, asInteger } from '../arguments.ts';
import { QuotaExceeded } from '../limits.ts';
import { type Engine, listenForFailure, NOTHING } from './zlib-engines.ts';
import { ZLIB_LIMITS } from './zlib-limits.ts';

/** An engine with the input that it has not consumed. */
export type Open = {
  readonly engine: Engine;
  input: Uint8Array;
  inputAt: number;
  /** The memory that was counted when it began. */
  weight: number | undefined;
  /** What the thread pool is reading and writing just now: it must not be collected before. */
  busyWith: object | undefined;
  closed: boolean;
};

export type Shelf = {
  /** Keeps an engine under a new number. Throws `QuotaExceeded` when there are too many. */
  add(make: () => Engine): number;
  /** Finds an engine that is not busy, or throws. */
  find(id: unknown): Open;
  /**
   * Counts an engine's memory before its first work; one that is given everything at once needs less for little.
   * Throws `QuotaExceeded` when there is too much.
   */
  begin(open: Open, isAllOfIt?: boolean): void;
  /** Takes input for an engine, if there is some. Throws `QuotaExceeded` when there is too much. */
  take(open: Open, bytes: unknown): void;
  /** Forgets an engine's input. */
  drop(open: Open): void;
  /** Closes an engine; one that is busy is let go when its work is over. */
  close(id: unknown): void;
  closeAll(): void;
};

/** What an engine takes for any input, and for each byte of one that it is given as a whole. */
const BASE_BYTES = 256 * 1024;
const BYTES_PER_INPUT = 8;

export function createShelf(): Shelf {
  const engines = new Map<number, Open>();
  let nextId = 1;
  let memoryBytes = 0;
  let heldBytes = 0;

  const hold = (open: Open, input: Uint8Array): void => {
    heldBytes += input.byteLength - open.input.byteLength;
    open.input = input;
    open.inputAt = 0;
  };
  const close = (id: number, open: Open): void => {
    engines.delete(id);
    open.closed = true;
    memoryBytes -= open.weight ?? 0;
    if (open.busyWith === undefined) hold(open, NOTHING);
    open.engine.handle.close();
  };
  return {
    add(make) {
      if (engines.size >= ZLIB_LIMITS.engines) {
        throw new QuotaExceeded(`The script has more than ${ZLIB_LIMITS.engines} streams of zlib open at once`);
      }
      const engine = make();
      const open = { engine, input: NOTHING, inputAt: 0, weight: undefined, busyWith: undefined, closed: false };
      listenForFailure(engine);
      const id = nextId++;
      engines.set(id, open);
      return id;
    },
    find(id) {
      const open = engines.get(asInteger(id, 'id'));
      if (open === undefined || open.busyWith !== undefined) throw new TypeError('There is no such engine at rest');
      return open;
    },
    begin(open, isAllOfIt = false) {
      if (open.weight !== undefined) return;
      const most = isAllOfIt ? BASE_BYTES + BYTES_PER_INPUT * open.input.byteLength : Number.POSITIVE_INFINITY;
      const weight = Math.min(open.engine.weight, most);
      if (memoryBytes + weight > ZLIB_LIMITS.memoryBytes) {
        throw new QuotaExceeded('The script compresses more at once than it has memory for');
      }
      memoryBytes += weight;
      open.weight = weight;
    },
    take(open, bytes) {
      if (bytes === undefined || bytes === null) return;
      const input = asBytes(bytes, 'input');
      const held = heldBytes - open.input.byteLength + input.byteLength;
      if (input.byteLength > ZLIB_LIMITS.inputBytes || held > ZLIB_LIMITS.heldInputBytes) {
        throw new QuotaExceeded(`The script gives zlib more than ${ZLIB_LIMITS.inputBytes} bytes at once`);
      }
      hold(open, input);
    },
    drop: (open) => hold(open, NOTHING),
    close(id) {
      const open = engines.get(id as number);
      if (open !== undefined) close(id as number, open);
    },
    closeAll() {
      for (const [id, open] of engines) close(id, open);
    },
  };
}
