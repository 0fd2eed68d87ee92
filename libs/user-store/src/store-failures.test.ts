import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
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
});
