import { isDeepStrictEqual } from 'node:util';
import type { Deed } from '../deed.ts';
import { copyOf, type Model } from '../model/model.ts';
import { predict } from '../model/predict.ts';

type Scripts = readonly string[];

/** The scripts that each of the deeds may run, by every order. */
export type MayRun = readonly (readonly Scripts[])[];

const alone = (before: readonly Model[], deed: Deed): readonly Scripts[] =>
  before.map((model) => predict(copyOf(model), deed).ran);

/** What a deed runs when some of the others come before it. */
const besideOthers = (before: readonly Model[], deed: Deed, others: readonly Deed[]): readonly Scripts[] => [
  ...alone(before, deed),
  ...others.flatMap((other, place) => {
    const after = before.map((model) => {
      const then = copyOf(model);
      predict(then, other);
      return then;
    });
    return besideOthers(after, deed, others.toSpliced(place, 1));
  }),
];

export const mayRunOf = (before: readonly Model[], deeds: readonly Deed[]): MayRun =>
  deeds.map((deed, place) => besideOthers(before, deed, deeds.toSpliced(place, 1)));

const timesOf = (action: string, scripts: Scripts): number =>
  scripts.filter((script) => script.startsWith(`${action} `)).length;

const WRITES = ['createUser', 'updateUser', 'deleteUser'];

/** Whether one of the orders has such a run, and of a write as many. */
const mayRunThat = (action: string, ran: Scripts, mayRun: readonly Scripts[]): boolean => {
  const most = Math.max(...mayRun.map((scripts) => timesOf(action, scripts)));
  return WRITES.includes(action) ? timesOf(action, ran) <= most : most > 0;
};

/**
 * Of a deed by itself, exactly these ran. Of deeds at once these are not compared: how a run ended, since others may have been
 * there between two runs of a call; that none is missing, since a call that finds somebody here by then runs no further one; and
 * how often a script was run that reads, since a call may have asked it for whom our store knows a moment later. So nothing runs
 * that is in no order, and a script that writes no more often than in one: it is sent once, says docs/calls.md.
 */
export const hasRunAsItMay = (ran: Scripts, mayRun: readonly Scripts[], isAlone: boolean): boolean => {
  if (isAlone) return mayRun.some((scripts) => isDeepStrictEqual(ran, scripts));
  const actions = ran.flatMap((script) => script.split(' ', 1));
  return actions.every((action) => mayRunThat(action, ran, mayRun));
};
