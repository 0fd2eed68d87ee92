export const KINDS = ['email', 'phone', 'username'] as const;

export type Identifier = { readonly kind: (typeof KINDS)[number]; readonly value: string };

/** How a call names a user. */
export type Who = Identifier | { readonly kind: 'legacy id' | 'our id'; readonly value: string };

export type Profile = {
  readonly email?: string;
  readonly phone?: string;
  readonly username?: string;
  readonly nickname?: string;
  readonly blocked?: boolean;
};

/** Somebody in the legacy database. */
export type Row = { readonly id: string; profile: Profile; password: string; readonly former: string[] };

/** Somebody here; without a password they cannot log in. */
export type Person = {
  readonly id: string;
  readonly legacyId: string | undefined;
  profile: Profile;
  password: string;
  readonly former: string[];
  /** What lets them in beside what the profile shows. */
  aliases: readonly Identifier[];
};

/** Whom nothing brings back until it is lifted, by key. */
export type Tombstone = ReadonlySet<string>;

/** The form in which two names of one kind are compared. */
export const keyOf = ({ kind, value }: Who): string => `${kind}:${kind === 'email' ? value.toLowerCase() : value}`;

export const identifiersOf = (profile: Profile): readonly Identifier[] =>
  KINDS.flatMap((kind) => {
    const value = profile[kind];
    return value === undefined ? [] : [{ kind, value }];
  });

export const hasIdentifier = (profile: Profile, wanted: Who): boolean =>
  identifiersOf(profile).some((one) => keyOf(one) === keyOf(wanted));

/** A user as an answer shows them, in one line. */
export const shown = (id: string | undefined, legacyId: string | undefined, profile: Profile): string => {
  const { email = '-', phone = '-', username = '-', nickname = '-', blocked = false } = profile;
  const who = `${id ?? '-'}/${legacyId ?? '-'}`;
  return [who, email, phone, username, nickname, ...(blocked ? ['blocked'] : [])].join(' ');
};
