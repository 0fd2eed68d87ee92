import { describe, expect, it } from 'vitest';
import { isReason } from './reasons.ts';
import { INTERNAL_MESSAGE, ServiceError, toServiceError } from './service-error.ts';

describe('ServiceError', () => {
  it('takes its code from the table of reasons', () => {
    expect(new ServiceError('USER_POOL_NOT_FOUND', 'no such pool').code).toBe('NOT_FOUND');
  });

  it('is returned as it is by the funnel', () => {
    const error = new ServiceError('INVALID_ARGUMENT', 'email is empty', { metadata: { field: 'email' } });
    expect(toServiceError(error)).toBe(error);
  });

  it('says nothing of an error that nobody foresaw, and keeps it as the cause', () => {
    const cause = new Error('password hunter2 refused by postgres://root:hunter2@db');
    const error = toServiceError(cause);
    expect(error.reason).toBe('INTERNAL');
    expect(error.message).toBe(INTERNAL_MESSAGE);
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(error.cause).toBe(cause);
  });

  it('does not take a built-in property name for a reason', () => {
    expect(isReason('toString')).toBe(false);
    expect(isReason('INTERNAL')).toBe(true);
  });
});
