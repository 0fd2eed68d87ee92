import { type Identifier, identifierKey, type LoginIdentifier } from '@userferry/user-model';
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

/** Which of these identifiers somebody has, and who. */
export const takenOf = async (
  manager: EntityManager,
  rows: readonly Pick<IdentifierRow, 'userPoolId' | 'kind' | 'normalised'>[],
): Promise<readonly UserIdentifierRow[]> => {
  const keys = rows.map(({ userPoolId, kind, normalised }) => ({ userPoolId, kind, normalised }));
  return keys.length === 0 ? [] : manager.findBy(userIdentifierEntity, keys);
};

/** The key of an identifier in the table of tombstones. */
export const tombstoneKey = (userPoolId: string, identifier: Identifier) => ({
  userPoolId,
  kind: identifier.kind,
  value: identifierKey(identifier),
});
