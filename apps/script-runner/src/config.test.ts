import { ConfigError } from '@userferry/process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from './config.ts';

afterEach(() => vi.unstubAllEnvs());

const configOf = (env: Record<string, string>) => {
  vi.stubEnv('USERFERRY_SERVICE_TOKEN', 'a-service-token-of-forty-characters-or-so');
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return readConfig();
};

describe('what runs share', () => {
  it('is what their connection says, or nothing for all of them', () => {
    expect(configOf({}).isolation).toBe('warm');
    expect(configOf({ USERFERRY_ISOLATION: 'per_run' }).isolation).toBe('per_run');
    expect(() => configOf({ USERFERRY_ISOLATION: 'none' })).toThrow(ConfigError);
  });
});

describe('the lists of the egress policy', () => {
  it('are empty unless they are given', () => {
    expect(configOf({})).toMatchObject({ egressAllow: [], egressNever: [] });
  });

  it('hold what scripts may reach, and what they never may', () => {
    expect(
      configOf({
        USERFERRY_EGRESS_ALLOW: '10.0.0.0/8:*, db.example.com:5432',
        USERFERRY_EGRESS_NEVER: 'gateway.internal:7101,[2001:db8::1]:*',
      }),
    ).toMatchObject({
      egressAllow: [
        { host: '10.0.0.0/8', port: '*' },
        { host: 'db.example.com', port: 5432 },
      ],
      egressNever: [
        { host: 'gateway.internal', port: 7101 },
        { host: '2001:db8::1', port: '*' },
      ],
    });
  });

  it('close the API of the cluster that the service runs in', () => {
    expect(configOf({ KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '6443' })).toMatchObject({
      egressNever: [{ host: '10.96.0.1', port: 6443 }],
    });
  });

  it.each(['USERFERRY_EGRESS_ALLOW', 'USERFERRY_EGRESS_NEVER'])(
    'that cannot be read keep the service from starting: %s, with the rule and what is wrong with it',
    (name) => {
      expect(() => configOf({ [name]: 'db.example.com:5432,10.0.0.0/99:5432' })).toThrow(
        new RegExp(`${name}.*rule 2 has a host that has a prefix that is not from 0 to 32`),
      );
    },
  );
});

it('every problem is listed at once, the one between several variables too, and no value is repeated', () => {
  const broken = {
    USERFERRY_SERVICE_TOKEN: 'hunter2',
    USERFERRY_EGRESS_NEVER: 'hunter2',
    USERFERRY_ISOLATE_HOSTS_MAX: '0',
    USERFERRY_REQUIRE_SANDBOX_LEVEL: 'hunter2',
    USERFERRY_REGION: 'Hunter2!',
    USERFERRY_EGRESS_QUORUM: '3',
  };
  const read = () => configOf({ ...broken, USERFERRY_EGRESS_METADATA: 'aws' });
  const error = (() => {
    try {
      return read();
    } catch (thrown) {
      return thrown;
    }
  })() as ConfigError;
  expect(error).toBeInstanceOf(ConfigError);
  expect(error.problems.map((line) => line.split(':')[0]).sort()).toEqual(Object.keys(broken).sort());
  expect(error.message).not.toMatch(/hunter2/i);
});
