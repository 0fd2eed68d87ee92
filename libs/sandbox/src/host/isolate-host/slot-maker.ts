/** Makes isolates and ends them. */
import { LIMITS } from './limits.ts';
import type { Recipe } from './prepared-slots.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import { createSlot, type Slot } from './slot.ts';

const DEFAULT_MEMORY_BYTES = 128 * 1024 * 1024;
/** What fits nearly every run. */
export const BLANK: Recipe = { memoryLimitBytes: DEFAULT_MEMORY_BYTES, packages: [], isolation: 'warm', count: 1 };

export type SlotMaker = {
  /** What making the last one took, bare. */
  makingMs(): number;
  /** For `per_run`, one that serves a single run. */
  create(want: Pick<Recipe, 'memoryLimitBytes' | 'isolation'>): Promise<Slot>;
  /** One with the recipe's packages in it; for `per_run` evaluated, where they let it. */
  make(recipe: Recipe): Promise<Slot>;
  discard(slot: Slot): Promise<void>;
};

export type SlotMakerDeps = {
  readonly files: RuntimeFiles;
  onCatastrophe(slot: Slot | undefined, message: string): void;
  /** An isolate does not end. */
  onStuck(): void;
};

export function createSlotMaker({ files, onCatastrophe, onStuck }: SlotMakerDeps): SlotMaker {
  let mayEvaluate = true;
  let makingMs = 0;

  const create: SlotMaker['create'] = async ({ memoryLimitBytes, isolation }) => {
    let made: Slot | undefined;
    const startedAtMs = performance.now();
    const slot = await createSlot(files, {
      memoryLimitBytes,
      isSingle: isolation === 'per_run',
      onCatastrophe: (message) => onCatastrophe(made, message),
    });
    made = slot;
    makingMs = performance.now() - startedAtMs;
    return slot;
  };
  const discard = async (slot: Slot): Promise<void> => {
    if (!(await slot.dispose(LIMITS.disposeMs))) onStuck();
  };
  const make = async (recipe: Recipe): Promise<Slot> => {
    const { packages, isolation } = recipe;
    const slot = await create(recipe);
    for (const name of packages) await slot.loadPackage(name);
    if (isolation === 'warm' || !mayEvaluate || (await slot.evaluatePackages(packages))) return slot;
    // What cannot be evaluated before a run is left to the run, from now on.
    mayEvaluate = false;
    await discard(slot);
    return make(recipe);
  };
  return {
    makingMs: () => makingMs,
    create,
    make,
    discard,
  };
}
