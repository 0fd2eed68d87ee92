import { ServiceError } from '@userferry/errors';
import {
  type Identifier,
  identifierKey,
  identifiersOf,
  type LoginIdentifier,
  type Profile,
} from '@userferry/user-model';
import type { EntityManager } from 'typeorm';
import { type UserIdentifierRow, userIdentifierEntity } from '../../entities/user-entities.ts';

/** An identifier as it is stored, but for the user. */
export type IdentifierRow = Omit<UserIdentifierRow, 'userId'>;

/** Identifiers as rows, in the order given. */
export const identifierRows = (userPoolId: string, identifiers: readonly LoginIdentifier[]): IdentifierRow[] =>
  identifiers.map(({ kind, value, inProfile }) => ({
    userPoolId,
    kind,
    normalised: identifierKey({ kind, value }),
    value,
    inProfile,
  }));

/** The identifiers that a profile shows. */
export const shownIdentifiers = (profile: Profile): LoginIdentifier[] =>
  identifiersOf(profile).map((one) => ({ ...one, inProfile: true }));

/** What is said where a user would be left with nothing to log in by. */
export const noIdentifier = (): ServiceError =>
  new ServiceError('INVALID_ARGUMENT', 'a user needs at least one of email, username and phone');

/** Which of these identifiers somebody has, and who. */
export const takenOf = async (
  manager: EntityManager,
  rows: readonly Pick<IdentifierRow, 'userPoolId' | 'kind' | 'normalised'>[],
): Promise<readonly UserIdentifierRow[]> => {
  const keys = rows.map(({ userPoolId, kind, normalised }) => ({ userPoolId, kind, normalised }));
  return keys.length === 0 ? [] : manager.findBy(userIdentifierEntity, keys);
};

/** Gives a user these identifiers, which nobody has. */
export const giveIdentifiers = async (
  manager: EntityManager,
  userId: string,
  rows: readonly IdentifierRow[],
): Promise<void> => {
  if (rows.length > 0)
    await manager.insert(
      userIdentifierEntity,
      rows.map((row) => ({ ...row, userId })),
    );
};

/** The key of an identifier in the table of tombstones. */
export const tombstoneKey = (userPoolId: string, identifier: Identifier) => ({
  userPoolId,
  kind: identifier.kind,
  value: identifierKey(identifier),
});

/** The same of several. */
export const tombstoneKeys = (userPoolId: string, identifiers: readonly Identifier[]) =>
  identifiers.map((identifier) => tombstoneKey(userPoolId, identifier));
