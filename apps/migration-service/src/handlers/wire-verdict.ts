import type { User as WireUser } from '@userferry/contracts/identity/v1/user';
import { UserVerdict } from '@userferry/contracts/migration/v1/user_service';
import type { User } from '@userferry/user-model';
import { wireUser } from './wire-user.ts';

/** What became of a call about a user, as it travels. */
export const USER_VERDICTS = {
  ok: UserVerdict.OK,
  not_found: UserVerdict.NOT_FOUND,
  exists: UserVerdict.EXISTS,
  tombstoned: UserVerdict.TOMBSTONED,
  wrong_password: UserVerdict.WRONG_PASSWORD,
  locked: UserVerdict.LOCKED,
  too_many_attempts: UserVerdict.TOO_MANY_ATTEMPTS,
  custom_user_store: UserVerdict.CUSTOM_USER_STORE,
} as const;

/** The user of an answer, if it has one. */
export const userIn = (answer: { readonly verdict: string; readonly user?: User }): WireUser | undefined =>
  answer.user === undefined ? undefined : wireUser(answer.user);
