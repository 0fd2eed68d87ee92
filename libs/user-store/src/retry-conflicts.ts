import { ServiceError } from '@userferry/errors';
import { codeOf } from './store-failures.ts';

// Unique violation, serialization failure, deadlock: another transaction was faster, and the next try sees its work.
const CONFLICT_CODES = new Set(['23505', '40001', '40P01']);
const ATTEMPTS_MAX = 5;

/**
 * Runs a transaction again when another one came first.
 * @throws ServiceError CONCURRENT_CHANGE after five attempts
 */
export const retryConflicts = async <T>(transaction: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (!CONFLICT_CODES.has(codeOf(error) ?? '')) throw error;
    }
  }
  throw new ServiceError('CONCURRENT_CHANGE', 'others changed the same at the same time: try again');
};
