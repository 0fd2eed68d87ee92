import type { Deed } from '../deed.ts';
import { nameOf } from '../model/deletion.ts';
import type { Model } from '../model/model.ts';
import type { Random } from '../random.ts';
import { EDGE_DEEDS } from './draw-edge-deed.ts';
import { LEGACY_DEEDS } from './draw-legacy-deed.ts';
import type { Draft } from './draw-names.ts';
import { drawWeighted } from './draw-weighted.ts';

type Choice = readonly [weight: number, draw: (draft: Draft) => Deed];

/** What holds for some deeds and is over then: it begins seldom and ends soon. */
const spell = (holds: boolean, begins: Deed, ends: Deed): Choice => (holds ? [20, () => ends] : [1.5, () => begins]);

const spells = ({ isOn, isReachable, isLoginBroken }: Model): readonly Choice[] => [
  spell(!isOn, { call: 'DisableConnection' }, { call: 'EnableConnection' }),
  spell(!isReachable, { call: 'legacy: goes away' }, { call: 'legacy: comes back' }),
  spell(isLoginBroken, { call: 'SaveScript' }, { call: 'RollbackScript' }),
];

const lift = ({ tombstones }: Model): Choice => [
  tombstones.length === 0 ? 0 : 3,
  ({ random }) => ({ call: 'LiftTombstone', of: nameOf(random.pick(tombstones) ?? new Set()) }),
];

/** The next deed of a walk, by what the model knows: most of them mean somebody. */
export const drawDeed = (model: Model, random: Random, n: number): Deed => {
  const choices: readonly Choice[] = [...EDGE_DEEDS, ...LEGACY_DEEDS, ...spells(model), lift(model)];
  return drawWeighted(choices, random)({ model, random, n });
};
