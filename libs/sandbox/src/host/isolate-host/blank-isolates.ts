/** Isolates that have run nothing yet: one in reserve, with the packages in it that the last script required. */
import { requiredPackages } from './required-packages.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import { createSlot, type Slot } from './slot.ts';

export type BlankIsolates = {
  /** What making the last one took. */
  readonly makingMs: number;
  /** Makes the reserve ready, if it is not. */
  refill(): Promise<unknown>;
  /** One for a source, with the packages in it that the source seems to require. */
  take(source: string, memoryLimitBytes: number): Promise<Slot>;
};

const DEFAULT_MEMORY_BYTES = 128 * 1024 * 1024;

export function createBlankIsolates(
  files: RuntimeFiles,
  onCatastrophe: (slot: Slot | undefined, message: string) => void,
): BlankIsolates {
  let reserve: Promise<Slot> | undefined;
  let lastPackages: readonly string[] = [];
  let makingMs = 0;

  const create = async (memoryLimitBytes: number): Promise<Slot> => {
    let made: Slot | undefined;
    const startedAtMs = performance.now();
    const slot = await createSlot(files, {
      memoryLimitBytes,
      onCatastrophe: (message) => onCatastrophe(made, message),
    });
    made = slot;
    makingMs = performance.now() - startedAtMs;
    return slot;
  };
  /** One connection's scripts use one driver, so the next blank isolate gets what the last script required. */
  const createReserve = async (): Promise<Slot> => {
    const slot = await create(DEFAULT_MEMORY_BYTES);
    for (const name of lastPackages) await slot.loadPackage(name);
    return slot;
  };
  const takeBlank = (memoryLimitBytes: number): Promise<Slot> => {
    if (memoryLimitBytes !== DEFAULT_MEMORY_BYTES || reserve === undefined) return create(memoryLimitBytes);
    const blank = reserve;
    reserve = undefined;
    return blank;
  };
  return {
    get makingMs() {
      return makingMs;
    },
    refill() {
      reserve ??= createReserve();
      return reserve.catch(() => {
        reserve = undefined;
      });
    },
    async take(source, memoryLimitBytes) {
      lastPackages = requiredPackages(source, files.packages);
      const slot = await takeBlank(memoryLimitBytes);
      for (const name of lastPackages) await slot.loadPackage(name);
      return slot;
    },
  };
}
