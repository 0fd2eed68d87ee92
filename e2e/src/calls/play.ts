import { whenThereIsRoom } from '@userferry/local-services';
import { expect } from 'vitest';
import { type Outcome, reasonOf } from '../legacy/caller.ts';
import { act, isRace } from './act.ts';
import { reachLimits } from './arrange.ts';
import type { Cast } from './cast.ts';
import { furtherBetween, heldOf, heldThere, wordsOf, writesBetween, writesThereBetween } from './observe.ts';
import type { CallRow } from './read-call-table.ts';
import type { Stage } from './stage.ts';

/** What the row's scripts write in the legacy user store, by what they say. */
const wroteThere = ({ scripts }: CallRow): readonly string[] =>
  scripts.flatMap(([action, saying], index) => {
    if (!['createUser', 'updateUser', 'deleteUser'].includes(action)) return [];
    const silent = action === 'createUser' && saying === 'null' && scripts[index + 1]?.[1] === 'profile';
    return silent || ['profile', 'true'].includes(saying) ? [action] : [];
  });

const wroteHere = (row: CallRow): readonly string[] => {
  // Two calls: what the faster one writes is what the slower one finds.
  if (isRace(row)) return ['CreateUser'];
  return row.writes.filter(({ refused }) => refused === undefined).map(({ call }) => call);
};

/** A run that found no place has not begun: on a machine that is busy, the call is made again, as an edge would. */
const untilTaken = async (call: () => Promise<Outcome>): Promise<Outcome> => {
  for (let tries = 1; ; tries += 1) {
    const outcome = await whenThereIsRoom(call);
    if (reasonOf(outcome) !== 'OVERLOADED' || tries === 10) return outcome;
  }
};

/** Makes the row's call and holds its answer, and what both databases hold afterwards, against the table. */
export const play = async (
  row: CallRow,
  { stage, cast }: { readonly stage: Stage; readonly cast: Cast },
  during: (call: Promise<unknown>) => Promise<void> = async () => undefined,
): Promise<void> => {
  const { company, caller } = stage.placeOf(row);
  await reachLimits(row, cast, caller);
  const look = () => Promise.all([heldOf(stage.ours, company.userPoolId, cast), heldThere(stage.shop, cast)]);
  const [before, thereBefore] = await look();
  const call = untilTaken(() => act(row, cast, caller));
  await during(call);
  const outcome = await call;
  const [after, thereAfter] = await look();
  expect({
    answer: wordsOf(outcome),
    writes: writesBetween(before, after, cast.nickname),
    identifiersKept: furtherBetween(before, after),
    conflicts: after.conflicts - before.conflicts,
    there: writesThereBetween(thereBefore, thereAfter),
  }).toEqual({
    answer: row.answer,
    writes: wroteHere(row),
    identifiersKept: row.writes.filter(({ keepsIdentifier }) => keepsIdentifier).length,
    conflicts: row.writes.some(({ refused }) => refused === 'conflict') ? 1 : 0,
    there: wroteThere(row),
  });
};
