import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { connectDataSource } from './data-source.ts';
import { toStoreFailure } from './store-failures.ts';

const failed = (fields: object, message = 'hunter2') =>
  new QueryFailedError('INSERT hunter2', ['hunter2'], Object.assign(new Error(message), fields));

describe('a failure of the database', () => {
  it.each([
    ['a connection that is refused', failed({ code: 'ECONNREFUSED' })],
    ['a server that shuts down', failed({ code: '57P01' })],
    ['a read-only server', failed({ code: '25006' })],
    ['a statement that took too long', failed({ code: '57014' })],
    ['a connection that ended', failed({}, 'Connection terminated unexpectedly')],
    ['a connection that broke between two statements', new QueryRunnerAlreadyReleasedError()],
    ['a connection that broke before a statement of the manager’s own', new QueryRunnerProviderAlreadyReleasedError()],
  ])('is an outage when it is %s', (_, error) => {
    expect(toStoreFailure(error)).toMatchObject({ reason: 'STORE_UNAVAILABLE' });
  });

  it('is told with code, table and constraint, and without a value', () => {
    const error = toStoreFailure(
      failed({ code: '23505', table: 'users', constraint: 'users_pkey', detail: 'hunter2' }),
    );
    expect(error.message).toBe('the database answered with an error (23505, users, users_pkey)');
    expect(`${error.stack} ${JSON.stringify(error)} ${Object.values(error)}`).not.toContain('hunter2');
  });

  it.each([
    ['ENOENT', failed({ code: 'ENOENT', table: 'hunter2' })],
    ['EPERM', failed({ code: 'EPERM' })],
    ['ERR_CRYPTO_INVALID_IV', failed({ code: 'ERR_CRYPTO_INVALID_IV' })],
    ['URIError', new URIError('hunter2 malformed')],
  ])('is no answer of the database where the code is none of its own: %s', (code, error) => {
    expect(toStoreFailure(error).message).toBe(`the database could not be asked (${code})`);
  });

  it.each([
    ['timeout exceeded when trying to connect', 'timeout exceeded when trying to connect'],
    ['Connection terminated', 'Connection terminated due to hunter2'],
    ['Query read timeout', 'Query read timeout'],
  ])('is told by what the driver says where it gives no code: %s', (told, message) => {
    const { cause } = toStoreFailure(failed({}, message));
    expect((cause as Error).message).toBe(`the database could not be asked (${told})`);
  });

  it.each([
    ['URIError', 'postgres://u:hunter2%ss@127.0.0.1:1/c'],
    ['ENOENT', 'postgres://u:p@127.0.0.1:1/c?sslmode=verify-full&sslrootcert=/nowhere/hunter2'],
  ])('is no answer of the database where the connection string is to blame: %s', async (code, databaseUrl) => {
    const limits = { databaseUrl, poolSize: 1, connectTimeoutMs: 1_000, statementTimeoutMs: 0 };
    const error = toStoreFailure(await connectDataSource(limits).catch((thrown: unknown) => thrown));
    expect(error.message).toBe(`the database could not be asked (${code})`);
    expect(error.stack).not.toContain('hunter2');
  });
});
