import type { EntityManager } from 'typeorm';
import type { ConnectionRow } from '../../entities/connection-entities.ts';
import type { Sealer } from '../../secrets/sealing.ts';
import { changesOf, versionNotFound } from './change-connection.ts';
import { requireConnection } from './connection-row.ts';
import { findVersion, readWritten } from './connection-versions.ts';

/** Two versions of a user pool's connection; 0 is the current one. */
export type VersionPair = { readonly userPoolId: string; readonly from: number; readonly to: number };

/**
 * A script that is not the same in both versions, as it was written; '' where there is none. The language is of the side
 * `to`, or of the one that there is.
 */
export type ScriptPair = {
  readonly action: string;
  readonly from: string;
  readonly to: string;
  readonly language: string | undefined;
};

/** What differs: settings by name (`mode`, `address`, `env`, `egress`, `isolation`), scripts by their sources. */
export type VersionComparison = {
  readonly from: number;
  readonly to: number;
  readonly changes: readonly string[];
  readonly scripts: readonly ScriptPair[];
};

type Scope = { readonly manager: EntityManager; readonly sealer: Sealer };

const readSide = async ({ manager, sealer }: Scope, connection: ConnectionRow, version: number) => {
  const content = await findVersion(manager, sealer, connection, version);
  if (content === undefined) throw versionNotFound();
  return { content, scripts: await readWritten(manager, sealer, connection, content) };
};

/** @throws ServiceError CONNECTION_NOT_FOUND, VERSION_NOT_FOUND */
export const compareVersions = async (
  scope: Scope,
  { userPoolId, from, to }: VersionPair,
): Promise<VersionComparison> => {
  const connection = await requireConnection(scope.manager, userPoolId);
  const [fromVersion, toVersion] = [from || connection.version, to || connection.version];
  const before = await readSide(scope, connection, fromVersion);
  const after = await readSide(scope, connection, toVersion);
  const actions = [...new Set([...before.scripts.keys(), ...after.scripts.keys()])].sort();
  const pairs = actions.map((action) => ({
    action,
    from: before.scripts.get(action)?.source ?? '',
    to: after.scripts.get(action)?.source ?? '',
    language: (after.scripts.get(action) ?? before.scripts.get(action))?.language,
  }));
  const scripts = pairs.filter((pair) => pair.from !== pair.to);
  return { from: fromVersion, to: toVersion, changes: changesOf(before.content, after.content), scripts };
};
