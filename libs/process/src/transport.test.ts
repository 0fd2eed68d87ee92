import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ConfigError, type Env, readEnv } from './read-env.ts';
import { transportFields, transportOf, transportRules } from './transport.ts';

const FIELDS = {
  ...transportFields,
  USERFERRY_LISTEN_HOST: z.string().default('127.0.0.1'),
  USERFERRY_MIGRATION_ADDRESS: z.string().optional(),
};
const TLS = { USERFERRY_TLS_CERT_FILE: '/c', USERFERRY_TLS_KEY_FILE: '/k', USERFERRY_TLS_CA_FILE: '/a' };

const read = (env: Env) => readEnv(FIELDS, env, transportRules('USERFERRY_MIGRATION_ADDRESS'));
const problemsOf = (env: Env): readonly string[] => {
  try {
    read(env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

describe('plaintext', () => {
  it.each(['127.0.0.1:1', 'localhost:1', '[::1]:1', 'dns:///localhost:1', 'ipv4:127.0.0.1:1,127.0.0.2:2'])(
    'is spoken to %s',
    (address) => {
      expect(problemsOf({ USERFERRY_MIGRATION_ADDRESS: address })).toEqual([]);
    },
  );

  it.each(['10.0.0.1:1', 'store:1', 'dns:///localhost.example:1', '127.example:1', 'ipv4:127.0.0.1:1,10.0.0.1:1'])(
    'does not leave the machine to %s unless it is allowed',
    (address) => {
      const env = { USERFERRY_MIGRATION_ADDRESS: address };
      expect(problemsOf(env)).toEqual([expect.stringMatching(/^USERFERRY_MIGRATION_ADDRESS: would be plaintext/)]);
      expect(problemsOf({ ...env, USERFERRY_ALLOW_PLAINTEXT: '1' })).toEqual([]);
      expect(problemsOf({ ...env, ...TLS })).toEqual([]);
    },
  );

  it.each(['0.0.0.0', '::', '10.0.0.1', 'userferry.example'])('is not listened for on %s', (host) => {
    const env = { USERFERRY_LISTEN_HOST: host };
    expect(problemsOf(env)).toEqual([expect.stringMatching(/^USERFERRY_LISTEN_HOST: would be plaintext/)]);
    expect(problemsOf({ ...env, ...TLS })).toEqual([]);
  });
});

it('TLS takes all of its files', () => {
  expect(problemsOf({ USERFERRY_TLS_CERT_FILE: '/c' })).toEqual([
    'USERFERRY_TLS_KEY_FILE: is required with the other files of TLS',
    'USERFERRY_TLS_CA_FILE: is required with the other files of TLS',
  ]);
});

it('peers are those of the picture, or those that are named; without TLS nobody can be', () => {
  expect(transportOf(read(TLS), ['identity-gateway']).peers).toEqual(['identity-gateway']);
  const named = { USERFERRY_ALLOWED_PEERS: 'Edge, spiffe://x/Y' };
  expect(transportOf(read({ ...TLS, ...named }), ['identity-gateway']).peers).toEqual(['edge', 'spiffe://x/Y']);
  expect(problemsOf(named)).toHaveLength(1);
});
