import { ConfigError } from '@userferry/process';
import { afterEach, expect, it, vi } from 'vitest';
import { readConfig } from './config.ts';

afterEach(() => vi.unstubAllEnvs());

const read = (env: Record<string, string>) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
};

const token = { USERFERRY_SERVICE_TOKEN: 'a-service-token-of-forty-characters-or-so' };

it('needs nothing but the token', () => {
  expect(read(token)).toMatchObject({ port: 7101, httpPort: 7100, stopDelayMs: 0, connectionAgeMs: 300_000 });
});

it('lists every problem at once, by name, with an example, and repeats no value', () => {
  const error = read({
    USERFERRY_SERVICE_TOKEN: 'hunter2',
    USERFERRY_GATEWAY_PORT: '7200',
    USERFERRY_HTTP_PORT: '7200',
    USERFERRY_RUNNER_ADDRESS: 'hunter2',
    USERFERRY_MIGRATION_ADDRESS: 'https://hunter2',
    USERFERRY_STOP_DELAY_MS: 'hunter2',
    USERFERRY_CONNECTION_AGE_MS: '1',
    USERFERRY_PUBLIC_IP_SIGNING_KEY: 'hunter2',
    USERFERRY_GATEWAY_PROT: 'hunter2',
  }) as ConfigError;
  expect(error.problems).toEqual([
    'USERFERRY_GATEWAY_PROT: is not known; did you mean USERFERRY_GATEWAY_PORT?',
    'USERFERRY_SERVICE_TOKEN: must be of 32 to 512 visible ASCII characters, or several such with commas between; for example what `openssl rand -hex 32` prints',
    'USERFERRY_STOP_DELAY_MS: must be a whole number from 0 to 120000',
    'USERFERRY_CONNECTION_AGE_MS: must be a whole number from 1000 to 86400000',
    ...['RUNNER', 'MIGRATION'].map(
      (name) =>
        `USERFERRY_${name}_ADDRESS: must be host:port, dns:///name:port or ipv4:address:port,address:port; for example dns:///service.example:7102`,
    ),
    'USERFERRY_PUBLIC_IP_SIGNING_KEY: must be an Ed25519 private key in PEM; for example what `openssl genpkey -algorithm ed25519` prints',
    'USERFERRY_HTTP_PORT: must not be USERFERRY_GATEWAY_PORT',
  ]);
  expect(error.message).not.toContain('hunter2');
});
