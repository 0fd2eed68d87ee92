import type { User } from '@userferry/user-model';

/** What became of a change of a user. */
export type UserResult =
  | { readonly verdict: 'ok'; readonly user: User }
  | { readonly verdict: 'not_found' | 'exists' | 'tombstoned' | 'custom_user_store' };
