import { ConfigError } from '@userferry/process';
import { afterEach, expect, it, vi } from 'vitest';
import { readConfig } from './config.ts';

afterEach(() => vi.unstubAllEnvs());

const read = (env: Record<string, string>) => {
  vi.stubEnv('USERFERRY_SERVICE_TOKEN', 'a-service-token-of-forty-characters-or-so');
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return readConfig();
};

it('needs nothing but the token, and each port has a table of its own', () => {
  expect(read({ USERFERRY_PUBLIC_IP_PORT: '7204' })).toMatchObject({
    pinned: [],
    webhook: undefined,
    stateFile: expect.stringMatching(/public-ips-7204\.json$/),
  });
});

it('takes addresses for every region and for one', () => {
  expect(read({ PUBLIC_IPS: '192.0.2.1, 2001:DB8:0::1@eu-west-1,10.0.0.5' }).pinned).toEqual([
    { address: '192.0.2.1' },
    { address: '2001:db8::1', region: 'eu-west-1' },
    { address: '10.0.0.5' },
  ]);
});

it.each([
  ['PUBLIC_IPS', '192.0.2.1,nonsense'],
  ['PUBLIC_IPS', '192.0.2.1@EU West'],
  ['PUBLIC_IPS', '192.0.2.1@'],
  ['USERFERRY_PUBLIC_IP_DRAIN_MS', '-1'],
  ['USERFERRY_PUBLIC_IP_PEERS', 'http://peer'],
  ['USERFERRY_PUBLIC_IP_WEBHOOK_URL', 'http://hook.example/'],
  ['USERFERRY_PUBLIC_IP_WEBHOOK_URL', 'https://hook.example/'],
  ['USERFERRY_PUBLIC_IP_WEBHOOK_SECRET', 'short'],
])('refuses %s=%s by name', (name, value) => expect(() => read({ [name]: value })).toThrow(name));

it('lists every problem at once, the one between two variables too, and repeats no value', () => {
  const broken = {
    USERFERRY_SERVICE_TOKEN: 'hunter2',
    PUBLIC_IPS: 'hunter2',
    USERFERRY_PUBLIC_IP_WATCHERS_MAX: 'hunter2',
    USERFERRY_PUBLIC_IP_WEBHOOK_URL: 'https://hook.example/hunter2',
  };
  let error: unknown;
  try {
    read(broken);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ConfigError);
  const { problems } = error as ConfigError;
  expect(problems.map((line) => line.split(':')[0]).sort()).toEqual(Object.keys(broken).sort());
  expect(problems.join()).not.toContain('hunter2');
});
