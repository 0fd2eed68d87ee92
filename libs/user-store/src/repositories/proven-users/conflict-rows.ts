import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { conflictEntity } from '../../entities/history-entities.ts';
import type { UserIdentifierRow } from '../../entities/user-entities.ts';
import type { IdentifierRow } from '../users/identifier-rows.ts';

/** A legacy id of a connection, taken apart. */
export type ExternalKey = {
  readonly userPoolId: string;
  readonly connectionId: string;
  readonly idType: 'string' | 'number';
  readonly idText: string;
};

/**
 * Sorts the identifiers that others have: `open` stand in the way; `without` are those (`kind:as compared`) of which an
 * administrator has decided that this user does without.
 */
export const conflictsOf = async (
  manager: EntityManager,
  external: ExternalKey,
  taken: readonly UserIdentifierRow[],
): Promise<{ open: readonly UserIdentifierRow[]; without: ReadonlySet<string> }> => {
  if (taken.length === 0) return { open: [], without: new Set() };
  const kept = await manager.findBy(conflictEntity, { ...external, keptLocal: true });
  const decided = new Set(kept.map(({ kind, normalised }) => `${kind}:${normalised}`));
  const isDecided = ({ kind, normalised }: UserIdentifierRow) => decided.has(`${kind}:${normalised}`);
  const without = taken.filter(isDecided).map(({ kind, normalised }) => `${kind}:${normalised}`);
  return { open: taken.filter((row) => !isDecided(row)), without: new Set(without) };
};

const UPSERT = `
  INSERT INTO identifier_conflicts AS c (id, user_pool_id, connection_id, id_type, id_text, kind, normalised, value,
    user_id, first_seen_at, last_seen_at, times_seen, kept_local)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, 1, false)
  ON CONFLICT (user_pool_id, connection_id, id_type, id_text, kind, normalised) DO UPDATE
  SET times_seen = c.times_seen + 1, last_seen_at = excluded.last_seen_at, user_id = excluded.user_id,
    value = excluded.value, kept_local = false`;

/** Remembers who could not be stored because of whom, for an administrator to decide. */
export const recordConflicts = async (
  manager: EntityManager,
  { userPoolId, connectionId, idType, idText }: ExternalKey,
  { taken, wanted, now }: { taken: readonly UserIdentifierRow[]; wanted: readonly IdentifierRow[]; now: Date },
): Promise<void> => {
  for (const { kind, normalised, userId } of taken) {
    const value = wanted.find((row) => row.kind === kind && row.normalised === normalised)?.value ?? normalised;
    const external = [userPoolId, connectionId, idType, idText];
    await manager.query(UPSERT, [randomUUID(), ...external, kind, normalised, value, userId, now]);
  }
};

/** Forgets what stood in a legacy user's way, decisions included: the user is deleted now. */
export const forgetConflicts = async (manager: EntityManager, external: ExternalKey): Promise<void> => {
  await manager.delete(conflictEntity, external);
};

/** Forgets the open conflicts of a user who is tied now; what was decided stays. */
export const clearConflicts = async (manager: EntityManager, external: ExternalKey): Promise<void> => {
  await manager.delete(conflictEntity, { ...external, keptLocal: false });
};
