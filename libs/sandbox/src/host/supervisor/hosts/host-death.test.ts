import { expect, it } from 'vitest';
import { DEATHS, deathOf } from './host-death.ts';

it.each(Object.values(DEATHS))('"%s" has a word of its own, and none that it was killed by nobody', (text) => {
  expect(deathOf(text, true)).not.toBe('crashed');
});

it('whatever else ends a host is a crash, or an end at birth', () => {
  const why = 'the isolate host ended unexpectedly (SIGSEGV)';
  expect([deathOf(why, true), deathOf(why, false)]).toEqual(['crashed', 'at_birth']);
});
