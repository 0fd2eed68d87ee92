import { expect, it } from 'vitest';
import { createKeptAnswers } from './kept-answers.ts';
import type { ResolvedAddress } from './name-source.ts';

const found = (count = 1): ResolvedAddress[] =>
  Array.from({ length: count }, (_, index) => ({ address: `8.8.8.${index}`, family: 4 }));

const world = () => {
  const clock = { ms: 0 };
  return { clock, answers: createKeptAnswers(() => clock.ms) };
};

it('an answer is believed for half a minute from when it was given, for its own name and family', () => {
  const { clock, answers } = world();
  answers.keep('db.test', 4, found());
  clock.ms = 29_999;
  expect(answers.known('db.test', 4)).toEqual(found());
  expect(answers.known('db.test', 0)).toBeUndefined();
  expect(answers.known('other.test', 4)).toBeUndefined();
  clock.ms = 30_000;
  expect(answers.known('db.test', 4)).toBeUndefined();
});

it('a newer answer takes the place of the older one', () => {
  const { clock, answers } = world();
  answers.keep('db.test', 0, found(1));
  clock.ms = 29_000;
  answers.keep('db.test', 0, found(2));
  clock.ms = 40_000;
  expect(answers.known('db.test', 0)).toEqual(found(2));
});

it('of more than a thousand answers the oldest are forgotten, and very long ones are not kept', () => {
  const { answers } = world();
  for (let index = 0; index < 1_001; index += 1) answers.keep(`n${index}`, 0, found());
  answers.keep('long.test', 0, found(65));
  expect(answers.known('n0', 0)).toBeUndefined();
  expect(answers.known('n1', 0)).toEqual(found());
  expect(answers.known('long.test', 0)).toBeUndefined();
});
