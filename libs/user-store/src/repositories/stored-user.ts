import { externalIdOf, type Identifier, identifierKey, type User } from '@userferry/user-model';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { type CredentialRow, type StoredProfile, type UserRow, userEntity } from '../entities/user-entities.ts';

/** How a password was hashed. `hash` never leaves the service that stores it. */
export type Credential = Readonly<Pick<CredentialRow, 'scheme' | 'version' | 'pepperId' | 'cost' | 'hash'>>;

/** A user with the credential, if there is one. */
export type StoredUser = { readonly user: User; readonly credential?: Credential };

const wholeUser = (manager: EntityManager): SelectQueryBuilder<UserRow> =>
  manager
    .createQueryBuilder(userEntity, 'user')
    .leftJoinAndSelect('user.identifiers', 'identifier')
    .leftJoinAndSelect('user.externalIds', 'external')
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

const storedUser = (row: UserRow): StoredUser => {
  const [external] = row.externalIds;
  const identifiers = Object.fromEntries(row.identifiers.map(({ kind, value }) => [kind, value]));
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
  return row.credential === null ? { user } : { user, credential: row.credential };
};
