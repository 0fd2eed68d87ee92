import { expect, it } from 'vitest';
import { DEATHS, deathOf } from './host-death.ts';

it.each(Object.values(DEATHS))('"%s" has a word of its own, and none that it was killed by nobody', (text) => {
  expect(deathOf({ why: text, wasReady: true })).not.toBe('crashed');
});

it('whatever else ends a host is a crash, or an end at birth', () => {
  const why = 'the isolate host ended unexpectedly (SIGSEGV)';
  expect([true, false].map((wasReady) => deathOf({ why, wasReady }))).toEqual(['crashed', 'at_birth']);
});

it('a host that ends itself for a run that it could not stop is called after that', () => {
  const why = 'the isolate host ended unexpectedly (SIGKILL)';
  const outcomes = ['timed_out', 'killed', 'out_of_memory', 'completed'] as const;
  const words = outcomes.map((doubt) => deathOf({ why, wasReady: true, doubt }));
  expect(words).toEqual(['stuck', 'stuck', 'out_of_memory', 'crashed']);
});

it('a host that said why it ends itself is called after that, however long ago its run ended', () => {
  const why = 'the isolate host ended unexpectedly (SIGKILL)';
  const said = ['an isolate broke', 'an isolate does not end', 'a run could not be served'] as const;
  const words = said.map((lastWords) => deathOf({ why, wasReady: true, lastWords }));
  expect(words).toEqual(['out_of_memory', 'stuck', 'crashed']);
});
