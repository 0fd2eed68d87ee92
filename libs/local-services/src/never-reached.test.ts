import { expect, it } from 'vitest';
import { neverReached } from './never-reached.ts';

const ports = { http: 1, gateway: 2, runner: 3, migration: 4, publicIp: 5 };

it('no script reaches a local service, in either family', () => {
  const rules = neverReached([ports, { ...ports, gateway: 6 }], ['postgres://u:p@db.example:6000/x']).split(',');
  for (const port of [1, 2, 3, 4, 5, 6]) {
    expect(rules).toContain(`127.0.0.0/8:${port}`);
    expect(rules).toContain(`[::1]:${port}`);
  }
});

it.each([
  ['postgres://u:p@127.0.0.1:6000/x', ['127.0.0.0/8:6000']],
  ['postgres://u:p@localhost/x', ['127.0.0.0/8:5432', '[::1]:5432']],
  ['postgres://u:p@db.example:6000/x', ['db.example:6000']],
  ['postgres://u:p@[2001:db8::1]:6000/x', ['[2001:db8::1]:6000']],
  ['postgres:///x?host=/var/run/postgresql', []],
])('no script reaches our store at %s', (url, rules) => {
  expect(neverReached([], [url]).split(',').filter(Boolean)).toEqual(rules);
});

it('what the environment adds stays', () => {
  expect(neverReached([], ['postgres:///x'], 'a.example:1,b.example:2')).toBe('a.example:1,b.example:2');
});

it('no script reaches a replica of our store either', () => {
  const rules = neverReached([], ['postgres://u:p@127.0.0.1:6000/x', 'postgres://u:p@replica.example/x']).split(',');
  expect(rules).toEqual(['127.0.0.0/8:6000', 'replica.example:5432']);
});
