import type { Identifier } from '@userferry/user-model';
import type { LoginSubject } from '@userferry/user-store';

/** One try to log in. `address` is where the user's request came from; '' when nobody knows. */
export type LoginAttempt = {
  readonly userPoolId: string;
  readonly identifier: Identifier;
  readonly password: string;
  readonly address: string;
};

/** Under what an attempt counts. */
export const subjectOf = ({ userPoolId, identifier, address }: Omit<LoginAttempt, 'password'>): LoginSubject => ({
  userPoolId,
  who: identifier,
  address,
});
