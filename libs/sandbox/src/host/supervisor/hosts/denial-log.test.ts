import { expect, it } from 'vitest';
import { readableLog, runOf } from '../testing/test-sandbox.ts';
import { createDenialLog } from './denial-log.ts';

const denied = { host: 'db.inside.test', address: '10.0.0.1', port: 5432, rule: 'private' } as const;

it('a denial is logged once in a run, with connection, host, address, port and rule', () => {
  const { log, entries } = readableLog();
  const denials = createDenialLog(runOf('', { connectionKey: 'c1' }));
  for (let count = 0; count < 5; count += 1) denials.note(denied, log);
  expect(entries).toEqual([{ message: 'egress denied', facts: { connection: 'c1', ...denied } }]);
});

it('a run that is refused again and again does not fill the log', () => {
  const { log, entries } = readableLog();
  const denials = createDenialLog(runOf(''));
  for (let port = 1; port < 1000; port += 1) denials.note({ ...denied, port }, log);
  expect(entries).toHaveLength(16);
});

it('a host that a script made of a secret, or of what a user typed, is masked', () => {
  const { log, entries } = readableLog();
  const denials = createDenialLog(
    runOf('', {
      functionName: 'login',
      argsJson: '[{"email":"ann@example.test"},"Secret-Of-Ann"]',
      env: { URI: 'postgres://me:open%23sesame@db.test/x' },
      secretNames: ['URI'],
    }),
  );
  for (const host of ['secret-of-ann.evil.test', 'open#sesame.evil.test', `${'x'.repeat(600)}.test`])
    denials.note({ ...denied, host }, log);
  const hosts = entries.map(({ facts }) => facts.host);
  expect(hosts.slice(0, 2)).toEqual(['[masked].evil.test', '[masked].evil.test']);
  expect(hosts[2]).toHaveLength(253);
});

it.each([
  'postgres://app:Zebra@Quagga99/x@db.example/users',
  'postgres://app:Zebra-Lion@Quagga99?x@db.example/users',
  'mysql://app:Zebra@Quagga99#7@db.example/users',
])('a part of a password that a badly written URI makes a host of is masked: %s', (URI) => {
  const { log, entries } = readableLog();
  const { hostname } = new URL(URI);
  createDenialLog(runOf('', { env: { URI }, secretNames: ['URI'] })).note({ ...denied, host: hostname }, log);
  expect(entries[0]?.facts.host).toBe('[masked]');
});

it('the host of a well written URI is told', () => {
  const { log, entries } = readableLog();
  const URI = 'postgres://app:Zebra-Lion@database1/users?options=a@b.example';
  createDenialLog(runOf('', { env: { URI }, secretNames: ['URI'] })).note({ ...denied, host: 'database1' }, log);
  expect(entries[0]?.facts.host).toBe('database1');
});

it('a typed password of four characters is masked, as it is in the log history', () => {
  const { log, entries } = readableLog();
  const given = { functionName: 'login', argsJson: '[{"email":"a@b.c"},"qz7k",{}]' };
  createDenialLog(runOf('', given)).note({ ...denied, host: 'qz7k.api.example' }, log);
  expect(entries[0]?.facts.host).toBe('[masked].api.example');
});

it('in a custom user store what a user typed is redacted, too', () => {
  const { log, entries } = readableLog();
  const given = { functionName: 'login', argsJson: '[{"email":"ann@example.test"},"pw"]', redactProfile: true };
  createDenialLog(runOf('', given)).note({ ...denied, host: 'ann@example.test.evil.test' }, log);
  expect(entries[0]?.facts.host).toBe('[redacted].evil.test');
});
