import { ConfigError } from '@userferry/process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from './config.ts';
import { formatRing } from './secrets/parse-ring.ts';
import { randomRing, SERVICE_TOKEN } from './service-for-tests.ts';

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

const needed = { DATABASE_URL: 'postgres://a:b@127.0.0.1:5432/c', USERFERRY_SERVICE_TOKEN: SERVICE_TOKEN };

describe('the configuration', () => {
  it('needs the database and the service token, and has bcrypt cost 12 unless told otherwise', () => {
    expect(read(needed)).toMatchObject({ port: 7103, passwords: { cost: 12, waitingMax: 64 } });
  });

  it('bears ten wrong passwords for an identifier and a hundred from an address, or what it is told', () => {
    const minutes = (count: number) => count * 60_000;
    expect(read(needed)).toMatchObject({
      attemptLimits: {
        perIdentifierMax: 10,
        perAddressMax: 100,
        windowMs: minutes(15),
        firstWaitMs: minutes(0.5),
        waitMsMax: minutes(15),
      },
    });
    const told = {
      USERFERRY_WRONG_PASSWORDS_PER_IDENTIFIER_MAX: '5',
      USERFERRY_WRONG_PASSWORDS_PER_ADDRESS_MAX: '1000',
      USERFERRY_WRONG_PASSWORDS_WINDOW_SECONDS: '3600',
      USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS: '60',
      USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX: '7200',
    };
    expect(read({ ...needed, ...told })).toMatchObject({
      attemptLimits: {
        perIdentifierMax: 5,
        perAddressMax: 1000,
        windowMs: minutes(60),
        firstWaitMs: minutes(1),
        waitMsMax: minutes(120),
      },
    });
  });

  it('keeps audit and counts of logins for four hundred days unless told otherwise', () => {
    expect(read(needed)).toMatchObject({ keptDays: { audit: 400, logins: 400 } });
    const told = { USERFERRY_AUDIT_KEPT_DAYS: '3650', USERFERRY_LOGIN_COUNTS_KEPT_DAYS: '31' };
    expect(read({ ...needed, ...told })).toMatchObject({ keptDays: { audit: 3650, logins: 31 } });
  });

  it('takes keys and peppers with the first as the current one', () => {
    const rings = formatRing(randomRing('new', 'old'));
    const config = read({ ...needed, USERFERRY_ENCRYPTION_KEYS: rings, USERFERRY_PEPPERS: rings });
    expect(config).toMatchObject({ secrets: { encryptionKeys: { currentId: 'new' }, peppers: { currentId: 'new' } } });
  });

  it('lists every problem at once and repeats no value', () => {
    const error = read({
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      USERFERRY_SERVICE_TOKEN: 'hunter2',
      USERFERRY_ENCRYPTION_KEYS: 'k1:hunter2',
      USERFERRY_PEPPERS: 'hunter2',
      USERFERRY_OPERATOR_KEY: 'hunter2',
      USERFERRY_BCRYPT_COST: '3',
      USERFERRY_LOGIN_COUNTS_KEPT_DAYS: '30',
      USERFERRY_AUDIT_KEPT_DAYS: '0',
      USERFERRY_WRONG_PASSWORDS_PER_IDENTIFIER_MAX: '0',
      USERFERRY_WRONG_PASSWORDS_PER_ADDRESS_MAX: 'hunter2',
      USERFERRY_WRONG_PASSWORDS_WINDOW_SECONDS: '-1',
      USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS: '0.5',
      USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX: '86401',
    }) as ConfigError;
    expect(error.problems.map((line) => line.split(':')[0]).sort()).toEqual([
      'DATABASE_URL',
      'USERFERRY_AUDIT_KEPT_DAYS',
      'USERFERRY_BCRYPT_COST',
      'USERFERRY_ENCRYPTION_KEYS',
      'USERFERRY_LOGIN_COUNTS_KEPT_DAYS',
      'USERFERRY_OPERATOR_KEY',
      'USERFERRY_PEPPERS',
      'USERFERRY_SERVICE_TOKEN',
      'USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS',
      'USERFERRY_WRONG_PASSWORDS_PER_ADDRESS_MAX',
      'USERFERRY_WRONG_PASSWORDS_PER_IDENTIFIER_MAX',
      'USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX',
      'USERFERRY_WRONG_PASSWORDS_WINDOW_SECONDS',
    ]);
    expect(error.message).not.toContain('hunter2');
  });

  it.each([
    ['the user', 'postgres://hunter%2:p@db:5432/c'],
    ['the password', 'postgres://u:hunter2%ss@db:5432/c'],
    ['the password', 'postgres://u:hunter2%@db:5432/c'],
    ['the password', 'postgres://u:hunter2%e9@db:5432/c'],
    ['the host', 'postgres://u:p@hunter2%zz/c'],
    ['the database', 'postgres://u:p@db:5432/hunter2%'],
  ])(
    'tells a connection string with a stray percent sign in %s as a problem of the configuration, named without its value',
    (part, url) => {
      const error = read({ ...needed, DATABASE_URL: url, USERFERRY_DATABASE_REPLICA_URL: url }) as ConfigError;
      expect(error.problems.map((line) => line.split(';')[0])).toEqual([
        `DATABASE_URL: has a % that is not written as %25, in ${part}`,
        `USERFERRY_DATABASE_REPLICA_URL: has a % that is not written as %25, in ${part}`,
      ]);
      expect(error.message).not.toMatch(/hunter/);
    },
  );

  it('takes a connection string whose characters are written as they should be', () => {
    const url = 'postgres://%C3%A9:100%25@%2Fvar%2Frun/a%20b?sslmode=verify-full';
    expect(read({ ...needed, DATABASE_URL: url })).toMatchObject({ database: { databaseUrl: url } });
  });

  it('refuses a first wait that is longer than the longest, whatever else is wrong', () => {
    const waits = {
      USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS: '60',
      USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX: '30',
    };
    const error = read({ USERFERRY_SERVICE_TOKEN: SERVICE_TOKEN, ...waits }) as ConfigError;
    expect(error.problems).toEqual([
      'DATABASE_URL: is required; for example postgres://userferry:PASSWORD@db.example:5432/userferry',
      'USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS: must not be longer than USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX',
    ]);
  });
});
