import { setTimeout } from 'node:timers/promises';
import { vi } from 'vitest';
import { sayingsOf } from '../calls/log-history.ts';
import { byUsername } from '../legacy/caller.ts';
import { inTime } from '../legacy/connect-company.ts';
import type { Deed } from './deed.ts';
import { drawAtOnce } from './draw/draw-at-once.ts';
import { drawDeed } from './draw/draw-deed.ts';
import { drawSettling } from './draw/draw-settling.ts';
import { divergenceIn, type Entry, type Runs } from './journal.ts';
import { createModel, type Mode, type Model } from './model/model.ts';
import { explain } from './order/explain.ts';
import { mayRunOf } from './order/runs.ts';
import { createRandom, type Random } from './random.ts';
import { type Came, doDeed } from './world/do-deed.ts';
import { lookAt } from './world/look-at.ts';
import type { Place } from './world/open-place.ts';

export type WalkOptions = { readonly mode: Mode; readonly seed: number; readonly steps: number };

/** People of the legacy database at the start. */
const FIRST = 30;

/** By then the walk has passed what it has to, in the same way each time: how deeds at once meet differs. */
const ALONE = 150;

/** Of the steps after these, how many are several deeds at once. */
const AT_ONCE = 0.6;

const firstDeed = (n: number): Deed => ({
  call: 'legacy: add',
  profile: {
    email: `first${n}@walk.example`,
    phone: `+1202556${1_000 + n}`,
    username: `first${n}`,
    nickname: `No ${n}`,
  },
  password: `Secret!first!${n}`,
});

/** What is done at once begins a little apart, so that it meets the others elsewhere on their way. */
const LATER_MS = [0, 0, 0, 10, 30, 80, 200];

/** Where the walk may be, and is in one of them. */
type Models = readonly [Model, ...Model[]];

type Start = { readonly place: Place; readonly before: readonly Model[]; readonly random: Random };

const doAtOnce = (deeds: readonly Deed[], { place, random }: Start): Promise<Came[]> => {
  const laterMs = deeds.map(() => (deeds.length === 1 ? 0 : random.pick(LATER_MS)));
  return Promise.all(deeds.map((deed, index) => setTimeout(laterMs[index]).then(() => doDeed(place, deed))));
};

const step = async (deeds: readonly Deed[], start: Start): Promise<Entry> => {
  const { place, before } = start;
  const done = { deeds, came: await doAtOnce(deeds, start), found: await lookAt(place) };
  return { ...done, ...explain(before, done), mayRun: mayRunOf(before, deeds) };
};

const drawStep = ([model, ...others]: Models, random: Random, n: number): readonly Deed[] => {
  if (n <= FIRST) return [firstDeed(n)];
  if (n <= FIRST + ALONE) return [drawDeed(model, random, n)];
  const settling = drawSettling([model, ...others]);
  if (settling !== undefined) return [settling];
  return random.chance(AT_ONCE) ? drawAtOnce(model, random, n) : [drawDeed(model, random, n)];
};

const stroll = async (place: Place, { mode, seed, steps }: WalkOptions): Promise<Entry[]> => {
  const random = createRandom(seed);
  const journal: Entry[] = [];
  let models: Models = [createModel(mode)];
  for (let n = 1; n <= FIRST + steps; n += 1) {
    const entry = await step(drawStep(models, random, n), { place, before: models, random });
    journal.push(entry);
    const [model, ...others] = entry.models;
    // What comes after a step that nothing explains would say nothing.
    if (model === undefined) break;
    models = [model, ...others];
  }
  return journal;
};

/** Everything as it should be, whatever the walk was in the middle of. */
const restore = async ({ link, company: { connections, userPoolId }, wellVersion }: Place): Promise<void> => {
  link.set({ kind: 'none' });
  await connections.rollbackScript({ userPoolId, version: wellVersion }, inTime());
  await connections.enableConnection({ userPoolId }, inTime());
};

/** All runs of the walk: they come in their order, so that whoever sees a later one has them all. */
const allRunsOf = async ({ company, caller }: Place): Promise<Runs> => {
  const call = inTime();
  await caller.getUser(byUsername('whoever is asked for last'), { call });
  let runs: Runs = new Map();
  const isThere = async () => {
    runs = await sayingsOf(company);
    return runs.has(call.requestId);
  };
  await vi.waitUntil(isThere, { timeout: 30_000 });
  return runs;
};

/**
 * Draws deeds, does each on the services, some of them at once, and finds the model that says the same.
 * @throws Error that says where they parted
 */
export const walk = async (place: Place, options: WalkOptions): Promise<readonly Entry[]> => {
  const journal = await stroll(place, options).finally(() => restore(place));
  const divergence = divergenceIn(journal, await allRunsOf(place));
  if (divergence === undefined) return journal;
  throw new Error(`the walk of seed ${options.seed} (${options.mode}) parted from its model at ${divergence}`);
};
