import type { Identifier } from '@userferry/user-model';
import type { RequestFacts } from '../connection/request-facts.ts';

/** One try to log in, every field checked. */
export type LoginAttempt = {
  readonly userPoolId: string;
  readonly identifier: Identifier;
  readonly password: string;
  readonly facts: RequestFacts;
};
