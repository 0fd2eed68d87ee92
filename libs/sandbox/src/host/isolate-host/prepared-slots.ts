/**
 * Isolates that are made ready before they are asked for. Nothing of a company's is in them, nor was evaluated for them: the
 * base, and drivers of ours whose names the script's text or an earlier run of it told.
 */
import type { Isolation } from '@userferry/script-contract';
import type { Slot } from './slot.ts';

/** What the next isolates should be like, and how many are worth having. */
export type Recipe = {
  readonly memoryLimitBytes: number;
  readonly packages: readonly string[];
  /** For `per_run` the packages are evaluated as well, which no script can tell from its own `require`. */
  readonly isolation: Isolation;
  readonly count: number;
};

type Kind = Pick<Recipe, 'memoryLimitBytes' | 'isolation'>;

/** One that was made for a single run serves no warm one; the other way round it may be. */
const fits = (made: Kind, want: Kind): boolean =>
  made.memoryLimitBytes === want.memoryLimitBytes && (made.isolation === 'warm' || want.isolation === 'per_run');

export type PreparedSlots = {
  /** Takes one that is being made for whoever comes first; resolves when it is there, rejects when it cannot be made. */
  first(recipe: Recipe, made: Promise<Slot>): Promise<void>;
  /** A fitting one that is ready, or else on its way; `undefined` where there is none, or making it failed. */
  take(want: Kind): Promise<Slot | undefined>;
  /**
   * Makes some ready, one after the other, as many as the recipe says and the memory for them allows. They are given back
   * a while after the last call.
   */
  refill(recipe: Recipe): void;
};

export type PreparedLimits = {
  /** What all of them together may hold; one is allowed in any case. */
  readonly bytes: number;
  readonly idleMs: number;
};

export type PreparedDeps = {
  readonly limits: PreparedLimits;
  make(recipe: Recipe): Promise<Slot>;
  discard(slot: Slot): Promise<void>;
};

type Entry = Kind & { readonly slot: Promise<Slot | undefined>; isReady: boolean };

export function createPreparedSlots({ limits, make, discard }: PreparedDeps): PreparedSlots {
  let entries: Entry[] = [];
  let wanted: Recipe | undefined;
  let isFilling = false;
  /** What the last one held when it was ready. */
  let costBytes = 0;
  let idle: NodeJS.Timeout | undefined;

  const forget = (entry: Entry): void => {
    entries = entries.filter((each) => each !== entry);
  };
  const drop = (entry: Entry): void => {
    forget(entry);
    void entry.slot.then((slot) => slot && discard(slot));
  };
  const makeMeasured = async (recipe: Recipe): Promise<Slot> => {
    const slot = await make(recipe);
    costBytes = (await slot.memoryInUse()).heldBytes;
    return slot;
  };
  const add = (recipe: Recipe): Entry => {
    const { memoryLimitBytes, isolation } = recipe;
    const slot = makeMeasured(recipe).catch(() => {
      forget(entry);
      return undefined;
    });
    const entry: Entry = { memoryLimitBytes, isolation, slot, isReady: false };
    entries.push(entry);
    return entry;
  };
  const mayHaveMore = ({ count }: Recipe): boolean =>
    entries.length < count && (entries.length === 0 || (entries.length + 1) * costBytes <= limits.bytes);

  const fill = async (): Promise<void> => {
    if (isFilling) return;
    isFilling = true;
    while (wanted !== undefined && mayHaveMore(wanted)) {
      const entry = add(wanted);
      if ((await entry.slot) === undefined) break;
      entry.isReady = true;
    }
    isFilling = false;
  };
  const giveAllBack = (): void => {
    wanted = undefined;
    for (const entry of entries) drop(entry);
  };
  return {
    async first({ memoryLimitBytes, isolation }, made) {
      await made;
      entries.push({ memoryLimitBytes, isolation, slot: made, isReady: true });
    },
    async take(want) {
      const fitting = entries.filter((entry) => fits(entry, want));
      const entry = fitting.find(({ isReady }) => isReady) ?? fitting[0];
      if (entry === undefined) return undefined;
      forget(entry);
      return entry.slot;
    },
    refill(recipe) {
      wanted = recipe;
      for (const entry of entries) if (!fits(entry, recipe)) drop(entry);
      clearTimeout(idle);
      idle = setTimeout(giveAllBack, limits.idleMs);
      void fill();
    },
  };
}
