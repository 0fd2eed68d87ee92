import { expect, it } from 'vitest';
import { createWaitClock } from './wait-clock.ts';

it('time that two things are waited for counts once, and what is never over counts so far', () => {
  let nowMs = 0;
  const clock = createWaitClock(() => nowMs);
  const first = clock.begin();
  nowMs = 10;
  const second = clock.begin();
  nowMs = 30;
  first();
  first();
  nowMs = 40;
  second();
  nowMs = 100;
  expect(clock.ms()).toBe(40);
  clock.begin();
  nowMs = 105;
  expect(clock.ms()).toBe(45);
});
