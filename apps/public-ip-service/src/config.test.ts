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
  expect(read({ PUBLIC_IPS: '192.0.2.1, 2001:DB8:0::1@eu-west-1,8.8.4.4' }).pinned).toEqual([
    { address: '192.0.2.1' },
    { address: '2001:db8::1', region: 'eu-west-1' },
    { address: '8.8.4.4' },
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

it.each([
  ['10.0.0.5', 'private'],
  ['fd00::1@eu', 'private'],
  ['127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['169.254.0.7@eu', 'link-local'],
  ['224.0.0.1', 'multicast'],
  ['0.0.0.0', 'unspecified'],
  ['::', 'unspecified'],
  ['100.64.0.1', 'reserved'],
  ['::ffff:192.168.0.1', 'private'],
])('refuses %s, which no firewall outside sees, and says that it is %s', (item, kind) => {
  const address = item.replace('@eu', '').replace('::ffff:', '');
  expect(() => read({ PUBLIC_IPS: `192.0.2.1,${item},nonsense-behind-it` })).toThrow('must be IPv4 or IPv6');
  expect(() => read({ PUBLIC_IPS: `192.0.2.1,${item}` })).toThrow(`PUBLIC_IPS: ${address} is ${kind}`);
});

it('takes addresses that are there for examples', () => {
  const examples = ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1'];
  expect(read({ PUBLIC_IPS: examples.join() }).pinned).toEqual(examples.map((address) => ({ address })));
});

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
