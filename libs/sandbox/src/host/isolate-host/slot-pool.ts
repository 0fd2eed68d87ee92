/** The isolates of this host: one blank in reserve, warm ones by the source that they have run. */
import { createHash } from 'node:crypto';
import { LIMITS, RETIREMENT } from './limits.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import { createSlot, type Slot } from './slot.ts';

/** A slot that a run has, and what decides whether another may follow. */
export type Lease = { readonly slot: Slot; readonly key: string; runs: number };

export type SlotPool = {
  /** Makes the reserve ready. */
  prepare(): Promise<void>;
  take(source: string, memoryLimitBytes: number): Promise<Lease>;
  /** Ends a lease; `clean` says that the run ended well and left nothing open. */
  giveBack(lease: Lease, clean: boolean): Promise<void>;
};

const DEFAULT_MEMORY_BYTES = 128 * 1024 * 1024;

const keyOf = (source: string, memoryLimitBytes: number): string =>
  `${memoryLimitBytes}:${createHash('sha256').update(source).digest('base64')}`;

export function createSlotPool(
  files: RuntimeFiles,
  onCatastrophe: (slot: Slot | undefined, message: string) => void,
  onStuck: () => void,
): SlotPool {
  const idle: Lease[] = [];
  let reserve: Promise<Slot> | undefined;

  const create = async (memoryLimitBytes: number): Promise<Slot> => {
    let made: Slot | undefined;
    const slot = await createSlot(files, {
      memoryLimitBytes,
      onCatastrophe: (message) => onCatastrophe(made, message),
    });
    made = slot;
    return slot;
  };
  const refill = (): void => {
    reserve ??= create(DEFAULT_MEMORY_BYTES);
    reserve.catch(() => {
      reserve = undefined;
    });
  };
  const discard = async (slot: Slot): Promise<void> => {
    if (!(await slot.dispose(LIMITS.disposeMs))) onStuck();
  };
  const isSpent = async ({ slot, runs }: Lease): Promise<boolean> =>
    runs >= RETIREMENT.runs ||
    Date.now() - slot.createdAtMs > RETIREMENT.ageMs ||
    (await slot.heapBytes()) > slot.memoryLimitBytes * RETIREMENT.heapShare;

  return {
    async prepare() {
      refill();
      await reserve;
    },
    async take(source, memoryLimitBytes) {
      const key = keyOf(source, memoryLimitBytes);
      const at = idle.findIndex((lease) => lease.key === key);
      if (at >= 0) return idle.splice(at, 1)[0] as Lease;
      if (memoryLimitBytes !== DEFAULT_MEMORY_BYTES || reserve === undefined) {
        return { slot: await create(memoryLimitBytes), key, runs: 0 };
      }
      const blank = reserve;
      reserve = undefined;
      return { slot: await blank, key, runs: 0 };
    },
    async giveBack(lease, clean) {
      lease.runs += 1;
      try {
        if (!clean || lease.slot.isDisposed || (await isSpent(lease)) || !(await lease.slot.reset())) {
          await discard(lease.slot);
          return;
        }
        idle.push(lease);
        if (idle.length > RETIREMENT.idle) await discard((idle.shift() as Lease).slot);
      } catch {
        await discard(lease.slot);
      } finally {
        refill();
      }
    },
  };
}
