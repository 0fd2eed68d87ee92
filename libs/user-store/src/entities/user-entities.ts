import type { IdentifierKind, MigrationState, Profile } from '@userferry/user-model';
import { EntitySchema } from 'typeorm';

/** A profile without identifiers: those have rows of their own and are stored once. */
export type StoredProfile = Omit<Profile, IdentifierKind>;

export type UserIdentifierRow = {
  userPoolId: string;
  kind: IdentifierKind;
  /** As compared. */
  normalised: string;
  /** As given. */
  value: string;
  userId: string;
  /** The one of its kind that the profile shows; the others are aliases. */
  inProfile: boolean;
};

export type ExternalIdRow = {
  userPoolId: string;
  connectionId: string;
  idType: 'string' | 'number';
  idText: string;
  userId: string;
  createdAt: Date;
};

export type CredentialRow = {
  userId: string;
  scheme: string;
  version: number;
  pepperId: string;
  cost: number;
  hash: string;
  createdAt: Date;
  /** Marks of the addresses from where it let its owner in, the latest first. */
  knownAddresses: Buffer | null;
};

export type UserRow = {
  id: string;
  userPoolId: string;
  migrationState: MigrationState;
  /** A `StoredProfile`; TypeORM's types do not end on recursive ones. */
  profile: unknown;
  createdAt: Date;
  updatedAt: Date;
  migratedAt: Date | null;
  identifiers: UserIdentifierRow[];
  externalIds: ExternalIdRow[];
  credential: CredentialRow | null;
};

const joinColumn = { name: 'user_id', referencedColumnName: 'id' } as const;

export const userEntity = new EntitySchema<UserRow>({
  name: 'user',
  tableName: 'users',
  columns: {
    id: { type: 'uuid', primary: true },
    userPoolId: { type: 'uuid', name: 'user_pool_id' },
    migrationState: { type: 'text', name: 'migration_state' },
    profile: { type: 'jsonb' },
    createdAt: { type: 'timestamptz', name: 'created_at' },
    updatedAt: { type: 'timestamptz', name: 'updated_at' },
    migratedAt: { type: 'timestamptz', name: 'migrated_at', nullable: true },
  },
  relations: {
    identifiers: { type: 'one-to-many', target: 'user_identifier', inverseSide: 'user' },
    externalIds: { type: 'one-to-many', target: 'external_id', inverseSide: 'user' },
    credential: { type: 'one-to-one', target: 'credential', inverseSide: 'user' },
  },
});

export const userIdentifierEntity = new EntitySchema<UserIdentifierRow & { user: UserRow }>({
  name: 'user_identifier',
  tableName: 'user_identifiers',
  columns: {
    userPoolId: { type: 'uuid', primary: true, name: 'user_pool_id' },
    kind: { type: 'text', primary: true },
    normalised: { type: 'text', primary: true },
    value: { type: 'text' },
    userId: { type: 'uuid', name: 'user_id' },
    inProfile: { type: 'boolean', name: 'in_profile' },
  },
  relations: { user: { type: 'many-to-one', target: 'user', inverseSide: 'identifiers', joinColumn } },
});

export const externalIdEntity = new EntitySchema<ExternalIdRow & { user: UserRow }>({
  name: 'external_id',
  tableName: 'external_ids',
  columns: {
    userPoolId: { type: 'uuid', primary: true, name: 'user_pool_id' },
    connectionId: { type: 'uuid', primary: true, name: 'connection_id' },
    idType: { type: 'text', primary: true, name: 'id_type' },
    idText: { type: 'text', primary: true, name: 'id_text' },
    userId: { type: 'uuid', name: 'user_id' },
    createdAt: { type: 'timestamptz', name: 'created_at' },
  },
  relations: { user: { type: 'many-to-one', target: 'user', inverseSide: 'externalIds', joinColumn } },
});

export const credentialEntity = new EntitySchema<CredentialRow & { user: UserRow }>({
  name: 'credential',
  tableName: 'credentials',
  columns: {
    userId: { type: 'uuid', primary: true, name: 'user_id' },
    scheme: { type: 'text' },
    version: { type: 'int4' },
    pepperId: { type: 'text', name: 'pepper_id' },
    cost: { type: 'int4' },
    hash: { type: 'text' },
    createdAt: { type: 'timestamptz', name: 'created_at' },
    knownAddresses: { type: 'bytea', name: 'known_addresses', nullable: true, select: false },
  },
  relations: { user: { type: 'one-to-one', target: 'user', inverseSide: 'credential', joinColumn } },
});

export type TombstoneRow = {
  userPoolId: string;
  /** An identifier's kind, `external_id_string`, `external_id_number` or `user_id`. */
  kind: string;
  /** As compared. */
  value: string;
  /** The same for all keys that one deletion left. */
  tombstoneId: string;
  createdAt: Date;
  createdBy: string;
};

export const tombstoneEntity = new EntitySchema<TombstoneRow>({
  name: 'tombstone',
  tableName: 'tombstones',
  columns: {
    userPoolId: { type: 'uuid', primary: true, name: 'user_pool_id' },
    kind: { type: 'text', primary: true },
    value: { type: 'text', primary: true },
    tombstoneId: { type: 'uuid', primary: true, name: 'tombstone_id' },
    createdAt: { type: 'timestamptz', name: 'created_at' },
    createdBy: { type: 'text', name: 'created_by' },
  },
});
