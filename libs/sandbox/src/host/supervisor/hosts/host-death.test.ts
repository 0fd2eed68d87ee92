import { expect, it } from 'vitest';
import { DEATHS, deathOf } from './host-death.ts';

it.each(Object.values(DEATHS))('"%s" has a word of its own, and none that it was killed by nobody', (text) => {
  expect(deathOf(text, true)).not.toBe('crashed');
});

it('whatever else ends a host is a crash, or an end at birth', () => {
  const why = 'the isolate host ended unexpectedly (SIGSEGV)';
  expect([deathOf(why, true), deathOf(why, false)]).toEqual(['crashed', 'at_birth']);
});

it('a host that ends itself for a run that it could not stop is called after that', () => {
  const why = 'the isolate host ended unexpectedly (SIGKILL)';
  const words = (['timed_out', 'killed', 'out_of_memory', 'completed'] as const).map((it) => deathOf(why, true, it));
  expect(words).toEqual(['stuck', 'stuck', 'out_of_memory', 'crashed']);
});
