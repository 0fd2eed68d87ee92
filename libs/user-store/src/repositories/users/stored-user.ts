import { externalIdOf, type Identifier, identifierKey, type User } from '@userferry/user-model';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import {
  type CredentialRow,
  type ExternalIdRow,
  type StoredProfile,
  type UserIdentifierRow,
  type UserRow,
  userEntity,
} from '../../entities/user-entities.ts';
import { isUuid } from '../../require-pool.ts';

/** How a password was hashed. `hash` never leaves the service that stores it. */
export type Credential = Readonly<Pick<CredentialRow, 'scheme' | 'version' | 'pepperId' | 'cost' | 'hash'>>;

/** A user with the credential, if there is one. */
export type StoredUser = { readonly user: User; readonly credential?: Credential };

/** A user who is here, or why there is none. */
export type FoundUser = ({ readonly verdict: 'ok' } & StoredUser) | { readonly verdict: 'not_found' | 'tombstoned' };

/**
 * Whether an id (a row of `external_ids`) names somebody: the pool's connection gave it. What a deleted connection has given
 * does only while there is no other: the next legacy user store has a user of its own with that id.
 */
export const namesSomebody = (id: string): string =>
  `(EXISTS (SELECT FROM connections AS c WHERE c.id = ${id}.connection_id AND c.user_pool_id IS NOT NULL)
    OR NOT EXISTS (SELECT FROM connections AS c WHERE c.user_pool_id = ${id}.user_pool_id))`;

const wholeUser = (manager: EntityManager): SelectQueryBuilder<UserRow> =>
  manager
    .createQueryBuilder(userEntity, 'user')
    .leftJoinAndSelect('user.identifiers', 'identifier')
    .leftJoinAndSelect('user.externalIds', 'external', namesSomebody('external'))
    .leftJoinAndSelect('user.credential', 'credential');

/** The user whom this identifier names. */
export const findByIdentifier = async (
  manager: EntityManager,
  userPoolId: string,
  identifier: Identifier,
): Promise<StoredUser | undefined> => {
  const row = await wholeUser(manager)
    .innerJoin('user.identifiers', 'typed')
    .where('typed.userPoolId = :userPoolId AND typed.kind = :kind AND typed.normalised = :key')
    .setParameters({ userPoolId, kind: identifier.kind, key: identifierKey(identifier) })
    .getOne();
  return row === null ? undefined : storedUser(row);
};

/** The user to whom a connection gave this external id. */
export const findByExternalId = async (
  manager: EntityManager,
  key: { userPoolId: string; connectionId: string; idType: string; idText: string },
): Promise<StoredUser | undefined> => {
  const row = await wholeUser(manager)
    .innerJoin('user.externalIds', 'given')
    .where('given.userPoolId = :userPoolId AND given.connectionId = :connectionId')
    .andWhere('given.idType = :idType AND given.idText = :idText')
    .setParameters(key)
    .getOne();
  return row === null ? undefined : storedUser(row);
};

/** The user of that pool whom this external id names. */
export const findByPoolsExternalId = async (
  manager: EntityManager,
  key: { userPoolId: string; idType: string; idText: string },
): Promise<StoredUser | undefined> => {
  const row = await wholeUser(manager)
    .innerJoin('user.externalIds', 'given')
    .where('given.userPoolId = :userPoolId AND given.idType = :idType AND given.idText = :idText')
    .andWhere(namesSomebody('given'))
    .orderBy('given.createdAt')
    .setParameters(key)
    .getMany();
  return row[0] === undefined ? undefined : storedUser(row[0]);
};

/** The user of that id in that pool. */
export const findById = async (
  manager: EntityManager,
  userPoolId: string,
  userId: string,
): Promise<StoredUser | undefined> => {
  if (!isUuid(userId)) return undefined;
  const row = await wholeUser(manager)
    .where('user.id = :userId AND user.userPoolId = :userPoolId')
    .setParameters({ userId, userPoolId })
    .getOne();
  return row === null ? undefined : storedUser(row);
};

/** The users of these ids, in their order. */
export const findByIds = async (manager: EntityManager, userIds: readonly string[]): Promise<readonly User[]> => {
  if (userIds.length === 0) return [];
  const rows = await wholeUser(manager).where('user.id IN (:...userIds)', { userIds }).getMany();
  const users = new Map(rows.map((row) => [row.id, storedUser(row).user]));
  return userIds.flatMap((userId) => users.get(userId) ?? []);
};

type GivenId = Pick<ExternalIdRow, 'idType' | 'idText' | 'createdAt'>;

/** What of a user's rows is shown to others. */
type WholeRow = Omit<UserRow, 'userPoolId' | 'identifiers' | 'externalIds' | 'credential'> & {
  readonly identifiers: readonly Pick<UserIdentifierRow, 'kind' | 'value' | 'inProfile'>[];
  readonly externalIds: readonly GivenId[];
  readonly credential: Credential | null;
};

const byAge = (a: GivenId, b: GivenId): number =>
  a.createdAt.getTime() - b.createdAt.getTime() || (a.idText < b.idText ? -1 : 1);

/** A user as others see one, from the rows. */
export const storedUser = (row: WholeRow): StoredUser => {
  const [external] = row.externalIds.toSorted(byAge);
  const shown = row.identifiers.filter(({ inProfile }) => inProfile);
  const identifiers = Object.fromEntries(shown.map(({ kind, value }) => [kind, value]));
  const { id: userId, migrationState, createdAt, updatedAt, migratedAt } = row;
  const user = {
    userId,
    ...(external === undefined ? {} : { externalId: externalIdOf({ type: external.idType, text: external.idText }) }),
    profile: { ...(row.profile as StoredProfile), ...identifiers },
    migrationState,
    createdAt,
    updatedAt,
    ...(migratedAt === null ? {} : { migratedAt }),
  };
  if (row.credential === null) return { user };
  const { scheme, version, pepperId, cost, hash } = row.credential;
  return { user, credential: { scheme, version, pepperId, cost, hash } };
};
