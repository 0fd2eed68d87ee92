import type { ExternalId, Identifier } from '@userferry/user-model';

/** Who is meant: by our id, by the legacy user store's, or by what they type. */
export type UserSelector =
  | { readonly kind: 'user_id'; readonly value: string }
  | { readonly kind: 'external_id'; readonly value: ExternalId }
  | Identifier;

/** What `getUser` is asked with: at least one is not null. Source: contract, "Arguments". */
export type GetUserQuery = {
  readonly id: ExternalId | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly username: string | null;
};

const NOTHING: GetUserQuery = { id: null, email: null, phone: null, username: null };

/** `undefined` for our own ids: no legacy user store knows them. */
export const queryOfSelector = (user: UserSelector): GetUserQuery | undefined => {
  if (user.kind === 'user_id') return undefined;
  return user.kind === 'external_id' ? { ...NOTHING, id: user.value } : queryOfIdentifiers([user]);
};

export const queryOfIdentifiers = (identifiers: readonly Identifier[]): GetUserQuery => ({
  ...NOTHING,
  ...Object.fromEntries(identifiers.map(({ kind, value }) => [kind, value])),
});

export const isIdentifier = (user: UserSelector): user is Identifier =>
  user.kind !== 'user_id' && user.kind !== 'external_id';
