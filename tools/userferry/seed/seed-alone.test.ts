import { expect, it } from 'vitest';
import { seedAlone } from './seed-alone.ts';

const exists = (word: string) => word === 'cases';

it.each([
  ['test --seed other.yaml', 'test --seed= other.yaml'],
  ['test --seed cases', 'test --seed= cases'],
  ['run --seed ./login login', 'run --seed= ./login login'],
  ['run --json --seed login.js login', 'run --json --seed= login.js login'],
])('%s leaves the file its name', (words, read) => {
  expect(seedAlone(words.split(' '), exists)).toEqual(read.split(' '));
});

it.each([
  'test --seed',
  'test --seed mysql',
  'test --seed --json',
  'test --seed oracle',
  'test --seed=x.js',
  'check x.js',
])('%s is read as it stands', (words) => expect(seedAlone(words.split(' '), exists)).toEqual(words.split(' ')));
