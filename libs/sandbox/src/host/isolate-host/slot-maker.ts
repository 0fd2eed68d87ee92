/** Makes isolates and ends them. */
import { LIMITS } from './limits.ts';
import type { Recipe } from './prepared-slots.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import { createSlot, type Slot } from './slot.ts';

export type SlotMaker = {
  create(memoryLimitBytes: number): Promise<Slot>;
  /** One with the recipe's packages in it, and evaluated where it says so and they let it. */
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

  const create = async (memoryLimitBytes: number): Promise<Slot> => {
    let made: Slot | undefined;
    const slot = await createSlot(files, {
      memoryLimitBytes,
      onCatastrophe: (message) => onCatastrophe(made, message),
    });
    made = slot;
    return slot;
  };
  const discard = async (slot: Slot): Promise<void> => {
    if (!(await slot.dispose(LIMITS.disposeMs))) onStuck();
  };
  const make = async (recipe: Recipe): Promise<Slot> => {
    const { memoryLimitBytes, packages, evaluates } = recipe;
    const slot = await create(memoryLimitBytes);
    for (const name of packages) await slot.loadPackage(name);
    if (!evaluates || !mayEvaluate || (await slot.evaluatePackages(packages))) return slot;
    // What cannot be evaluated before a run is left to the run, from now on.
    mayEvaluate = false;
    await discard(slot);
    return make(recipe);
  };
  return { create, make, discard };
}
