import { isDeepStrictEqual } from 'node:util';
import type { Deed } from '../deed.ts';
import type { Answer } from '../model/answer.ts';
import { atRest, copyOf, inOrder, type Model } from '../model/model.ts';
import { differencesOf, type State, stateOf } from '../model/state.ts';
import type { Came } from '../world/do-deed.ts';
import { newIdsOf } from './new-ids.ts';
import { isOvertaken } from './overtaken.ts';
import { type Step, waysOf } from './steps.ts';

/** Deeds that were done at once, what came of each, and what was found when all had ended. */
export type Done = { readonly deeds: readonly Deed[]; readonly came: readonly Came[]; readonly found: State };

/** How far an order has come: the deeds' next steps, and which ended in what order. */
type Going = { readonly model: Model; readonly next: readonly (readonly Step[])[]; readonly ended: readonly number[] };

export type Explanation = {
  /** Each state in which the walk may be now: who cannot be told apart yet is by what comes later. */
  readonly models: readonly Model[];
  /** What did not fit in each order. */
  readonly misfits: readonly string[];
};

/** Follows every order in which the deeds may have been done, as long as what comes is what came. */
const createSearch = ({ deeds, came, found }: Done) => {
  const [models, misfits]: [Model[], Set<string>] = [[], new Set()];
  const place = (ended: readonly number[]) => ended.map((index) => `${index + 1}`).join(', ');
  const end = ({ model, ended }: Going): void => {
    const difference = differencesOf(stateOf(model), found);
    if (difference === '') models.push(atRest(model));
    else misfits.add(`${place(ended)}, and then ${difference}`);
  };
  const hasCome = (index: number, { answer, users }: Answer): boolean =>
    answer === came[index]?.answer && isDeepStrictEqual(users, came[index]?.users);
  const take = ({ model, next, ended }: Going, index: number, step: Step): void => {
    const then = copyOf(model);
    const coming = step(then);
    if (!('answer' in coming)) {
      follow({ model: then, next: next.with(index, coming), ended });
      return;
    }
    const here = [...ended, index];
    if (hasCome(index, coming)) follow({ model: then, next, ended: here });
    else misfits.add(`${place(here)}: expected of ${index + 1} ${JSON.stringify({ ...coming, ran: undefined })}`);
  };
  const follow = (going: Going): void => {
    const open = [...deeds.keys()].filter((index) => !going.ended.includes(index));
    if (open.length === 0) end(going);
    for (const index of open) for (const step of going.next[index] ?? []) take(going, index, step);
  };
  return { follow, models, misfits };
};

const distinct = (models: readonly Model[]): readonly Model[] => {
  const inOrders = models.map(inOrder);
  return models.filter((_, place) => inOrders.findIndex((one) => isDeepStrictEqual(one, inOrders[place])) === place);
};

/**
 * Linearizability: whether there is an order of the deeds in which the model, one after the other, has each answer come and
 * then is where both stores are. The orders in which it does so are what the walk goes on with.
 */
export const explain = (before: readonly Model[], done: Done): Explanation => {
  const { deeds, came, found } = done;
  const search = createSearch(done);
  const isOver = deeds.map((_, index) => isOvertaken(done, index));
  const next = deeds.map((deed) => (deeds.length === 1 ? waysOf(deed).slice(0, 1) : waysOf(deed)));
  const ended = [...deeds.keys()].filter((index) => isOver[index]);
  for (const model of before)
    for (const newIds of newIdsOf(model, came, found)) search.follow({ model: copyOf(model, newIds), next, ended });
  return { models: distinct(search.models), misfits: [...search.misfits] };
};
