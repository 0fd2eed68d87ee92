import { ServiceError } from '@userferry/errors';
import { passwordTooWeak } from '../outcome/rejected.ts';
import type { UserEnd } from './user-end.ts';

/**
 * Our store has the rules for passwords that it is to keep and refuses weak ones before it writes: here that becomes an
 * answer to the user. A custom user store's scripts have rules of their own.
 */
export const refuseWeak = <T>(end: Promise<UserEnd<T>>): Promise<UserEnd<T>> =>
  end.catch((error: unknown) => {
    if (error instanceof ServiceError && error.reason === 'PASSWORD_TOO_WEAK') return passwordTooWeak(error.message);
    throw error;
  });
