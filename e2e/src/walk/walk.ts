import { vi } from 'vitest';
import { sayingsOf } from '../calls/log-history.ts';
import { byUsername } from '../legacy/caller.ts';
import { inTime } from '../legacy/connect-company.ts';
import type { Deed } from './deed.ts';
import { drawDeed } from './draw/draw-deed.ts';
import { divergenceIn, type Entry, isAsExpected, type Runs } from './journal.ts';
import { createModel, type Mode, type Model } from './model/model.ts';
import { predict } from './model/predict.ts';
import { createRandom } from './random.ts';
import { doDeed } from './world/do-deed.ts';
import type { Place } from './world/open-place.ts';

export type WalkOptions = { readonly mode: Mode; readonly seed: number; readonly deeds: number };

/** People of the legacy database at the start. */
const FIRST = 12;

const firstDeed = (n: number): Deed => ({
  call: 'legacy: add',
  profile: {
    email: `first${n}@walk.example`,
    phone: `+1202555${2_000 + n}`,
    username: `first${n}`,
    nickname: `No ${n}`,
  },
  password: `Secret!first!${n}`,
});

const step = async (place: Place, model: Model, deed: Deed): Promise<Entry> => {
  const expected = predict(model, deed);
  return { deed, expected, came: await doDeed(place, deed) };
};

const stroll = async (place: Place, { mode, seed, deeds }: WalkOptions): Promise<Entry[]> => {
  const [model, random] = [createModel(mode), createRandom(seed)];
  const journal: Entry[] = [];
  for (let n = 1; n <= FIRST + deeds; n += 1) {
    const entry = await step(place, model, n <= FIRST ? firstDeed(n) : drawDeed(model, random, n));
    journal.push(entry);
    // What comes after it would say nothing.
    if (!isAsExpected(entry)) break;
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
 * Draws deeds and does each on the services and in the model beside them.
 * @throws Error that says where they parted
 */
export const walk = async (place: Place, options: WalkOptions): Promise<readonly Entry[]> => {
  const journal = await stroll(place, options).finally(() => restore(place));
  const divergence = divergenceIn(journal, await allRunsOf(place));
  if (divergence === undefined) return journal;
  throw new Error(`the walk of seed ${options.seed} (${options.mode}) parted from its model at ${divergence}`);
};
