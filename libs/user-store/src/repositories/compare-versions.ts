import type { EntityManager } from 'typeorm';
import type { Sealer } from '../sealing.ts';
import { changesOf, versionNotFound } from './change-connection.ts';
import { requireConnection } from './connection-row.ts';
import { findVersion, readScripts } from './connection-versions.ts';

/** Two versions of a user pool's connection; 0 is the current one. */
export type VersionPair = { readonly userPoolId: string; readonly from: number; readonly to: number };

/** A script that is not the same in both versions, in clear; '' where there is none. */
export type ScriptPair = { readonly action: string; readonly from: string; readonly to: string };

/** What differs: settings by name (`mode`, `address`, `env`, `egress`, `isolation`), scripts by their sources. */
export type VersionComparison = {
  readonly from: number;
  readonly to: number;
  readonly changes: readonly string[];
  readonly scripts: readonly ScriptPair[];
};

type Scope = { readonly manager: EntityManager; readonly sealer: Sealer };

const readSide = async ({ manager, sealer }: Scope, connectionId: string, version: number) => {
  const content = await findVersion(manager, sealer, { connectionId, version });
  if (content === undefined) throw versionNotFound();
  const scripts = await readScripts(manager, sealer, content);
  return { content, sources: new Map(scripts.map(({ action, source }) => [action, source])) };
};

/** @throws ServiceError CONNECTION_NOT_FOUND, VERSION_NOT_FOUND */
export const compareVersions = async (
  scope: Scope,
  { userPoolId, from, to }: VersionPair,
): Promise<VersionComparison> => {
  const { id, version: current } = await requireConnection(scope.manager, userPoolId);
  const [fromVersion, toVersion] = [from || current, to || current];
  const before = await readSide(scope, id, fromVersion);
  const after = await readSide(scope, id, toVersion);
  const actions = [...new Set([...before.sources.keys(), ...after.sources.keys()])].sort();
  const pairs = actions.map((action) => ({
    action,
    from: before.sources.get(action) ?? '',
    to: after.sources.get(action) ?? '',
  }));
  const scripts = pairs.filter((pair) => pair.from !== pair.to);
  return { from: fromVersion, to: toVersion, changes: changesOf(before.content, after.content), scripts };
};
