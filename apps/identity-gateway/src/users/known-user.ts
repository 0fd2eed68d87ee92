import type { ExternalId, Profile } from '@userferry/user-model';
import type { StoredUser } from '../clients/migration.ts';

/** Who lives in the legacy user store only: nothing of them is stored here. */
export type LegacyUser = { readonly kind: 'legacy'; readonly externalId: ExternalId; readonly profile: Profile };

/** One of our users, or one who lives in the legacy user store only. */
export type KnownUser = { readonly kind: 'stored'; readonly stored: StoredUser } | LegacyUser;

export const storedUser = (stored: StoredUser): KnownUser => ({ kind: 'stored', stored });
