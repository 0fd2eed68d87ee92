import { isDeepStrictEqual } from 'node:util';
import { ServiceError } from '@userferry/errors';
import type { EntityManager } from 'typeorm';
import {
  type ConnectionRow,
  connectionEntity,
  connectionVersionEntity,
  scriptEntity,
} from '../../entities/connection-entities.ts';
import { conflictEntity } from '../../entities/history-entities.ts';
import { lockPool, requirePool } from '../../require-pool.ts';
import type { Sealer } from '../../secrets/sealing.ts';
import { type Author, writeAudit } from '../history/audit.ts';
import { poolView } from '../pools/pool-facts.ts';
import { findLocked, lockConnection, newConnection } from './connection-row.ts';
import type { Connection, ConnectionChange, EnvValues, SavedAddress, ScriptChange } from './connection-types.ts';
import {
  findVersion,
  insertScript,
  insertVersion,
  type OpenVersion,
  type PartOfVersion,
  readVersion,
  readWhatOpens,
} from './connection-versions.ts';
import { requireCurrent, requireSeen } from './seen-version.ts';

/** What a change runs with: one transaction, one moment. */
export type ChangeScope = { readonly manager: EntityManager; readonly sealer: Sealer; readonly at: Date };

const visibleAddress = (env: EnvValues = {}): SavedAddress | undefined =>
  Object.keys(env).length === 0
    ? undefined
    : {
        host: env.DB_HOST ?? '',
        port: Number(env.DB_PORT) || 0,
        username: env.DB_USERNAME ?? '',
        database: env.DB_DATABASE ?? '',
        hasPassword: (env.DB_PASSWORD ?? '') !== '',
      };

/** A connection as it is shown, without names and address where they do not open. */
export const connectionView = (row: ConnectionRow, version: PartOfVersion): Connection => ({
  connectionId: row.id,
  userPoolId: row.userPoolId,
  mode: version.mode,
  enabled: row.enabled,
  version: row.version,
  envNames: Object.keys({ ...version.addressEnv, ...version.ownEnv }).sort(),
  egress: version.egress,
  address: visibleAddress(version.addressEnv),
  isolation: version.isolation,
  savedActions: Object.keys(version.scripts),
  updatedAt: row.updatedAt,
});

type NextVersion = {
  readonly current: ConnectionRow;
  readonly content: OpenVersion;
  readonly changes: readonly string[];
  readonly author: Author;
  readonly call: string;
};

const nextVersion = async ({ manager, sealer, at }: ChangeScope, next: NextVersion): Promise<Connection> => {
  const { current, content, changes, author, call } = next;
  const connection = { ...current, version: current.version + 1, updatedAt: at };
  await insertVersion(manager, sealer, { connection, content, changes, actor: author.actor });
  const { id, userPoolId, version, updatedAt } = connection;
  await manager.update(connectionEntity, { id }, { version, updatedAt });
  const target = [`version ${version}`, ...changes].join(', ');
  await writeAudit(manager, { userPoolId, at, action: `ConnectionService/${call}`, target }, author);
  return connectionView(connection, content);
};

const PARTS = [
  ['mode', 'mode'],
  ['addressEnv', 'address'],
  ['ownEnv', 'env'],
  ['egress', 'egress'],
  ['isolation', 'isolation'],
] as const;

const NOTHING_YET = { mode: undefined, addressEnv: {}, ownEnv: {}, egress: [], isolation: 'warm' };

/** Which settings differ, by the words that a version's changes are told in. */
export const changesOf = (before: PartOfVersion | undefined, after: OpenVersion): string[] =>
  PARTS.filter(([part]) => !isDeepStrictEqual((before ?? NOTHING_YET)[part], after[part])).map(([, word]) => word);

/** Whoever brings all that was sealed needs none of it: they can save once its key is lost. */
const readBefore = ({ manager, sealer }: ChangeScope, row: ConnectionRow, { addressEnv, ownEnv }: ConnectionChange) =>
  addressEnv && ownEnv ? readWhatOpens(manager, sealer, row) : readVersion(manager, sealer, row);

/**
 * Makes a version with other settings; the first makes the connection. Throws CONCURRENT_CHANGE, see `keptFromVersion` and
 * `expectedVersion`.
 */
export const saveSettings = async (scope: ChangeScope, wanted: ConnectionChange): Promise<Connection> => {
  const { manager, at } = scope;
  const known = await findLocked(manager, wanted.userPoolId);
  requireCurrent(known, wanted.keptFromVersion);
  await requireSeen(scope, { row: known, ...wanted }, (seen, now) => changesOf(seen, now).length === 0);
  const current = known ?? (await newConnection(manager, wanted.userPoolId, at));
  const before = known === null ? undefined : await readBefore(scope, known, wanted);
  const content = {
    mode: wanted.mode,
    egress: wanted.egress,
    isolation: wanted.isolation ?? ('warm' as const),
    addressEnv: wanted.addressEnv ?? before?.addressEnv ?? {},
    ownEnv: wanted.ownEnv ?? before?.ownEnv ?? {},
    scripts: before?.scripts ?? {},
  };
  const changes = changesOf(before, content);
  return nextVersion(scope, { current, content, changes, author: wanted, call: 'SaveConnection' });
};

/** Makes a version with another script for one action. Throws CONCURRENT_CHANGE, see `expectedVersion`. */
export const saveScript = async (scope: ChangeScope, wanted: ScriptChange): Promise<Connection> => {
  const { manager, sealer, at } = scope;
  const current = await lockConnection(manager, wanted.userPoolId);
  const before = await readVersion(manager, sealer, current);
  const { action } = wanted;
  await requireSeen(scope, { row: current, ...wanted }, (seen, now) => seen.scripts[action] === now.scripts[action]);
  const scriptId = await insertScript(manager, sealer, { ...wanted, connectionId: current.id, at });
  const content = { ...before, scripts: { ...before.scripts, [action]: scriptId } };
  const changes = [`script ${action}`];
  return nextVersion(scope, { current, content, changes, author: wanted, call: 'SaveScript' });
};

/** Makes a version that is equal to an earlier one. */
export const rollBack = async (
  scope: ChangeScope,
  wanted: Author & { readonly userPoolId: string; readonly version: number },
): Promise<Connection> => {
  const current = await lockConnection(scope.manager, wanted.userPoolId);
  const content = await findVersion(scope.manager, scope.sealer, current, wanted.version);
  if (content === undefined) throw versionNotFound();
  const changes = [`rollback to ${wanted.version}`];
  return nextVersion(scope, { current, content, changes, author: wanted, call: 'RollbackScript' });
};

export const versionNotFound = (): ServiceError =>
  new ServiceError('VERSION_NOT_FOUND', 'this connection has no version of this number');

/** Switches a connection on or off, also one whose key is lost. */
export const switchConnection = async (
  { manager, sealer, at }: ChangeScope,
  { userPoolId, enabled, ...author }: Author & { readonly userPoolId: string; readonly enabled: boolean },
): Promise<Connection> => {
  const row = { ...(await lockConnection(manager, userPoolId)), enabled, updatedAt: at };
  if (enabled && !poolView(await requirePool(manager, userPoolId), at).connectionsIncluded)
    throw new ServiceError('PAYMENT_REQUIRED', 'the plan of this user pool lacks connections, and no trial runs');
  await manager.update(connectionEntity, { id: row.id }, { enabled, updatedAt: row.updatedAt });
  const action = `ConnectionService/${enabled ? 'EnableConnection' : 'DisableConnection'}`;
  await writeAudit(manager, { userPoolId, at, action, target: `version ${row.version}` }, author);
  return connectionView(row, await readWhatOpens(manager, sealer, row));
};

// Never back: a connection that the version before made began at 1.
const DELETED_VERSIONS = 'UPDATE user_pools SET deleted_versions = greatest(deleted_versions, $2) WHERE id = $1';

/** Removes settings, secrets and scripts of all versions. What stays is an id: users keep the ids that it gave them. */
export const deleteConnection = async (
  { manager, at }: ChangeScope,
  { userPoolId, ...author }: Author & { readonly userPoolId: string },
): Promise<void> => {
  await lockPool(manager, userPoolId, 'changing');
  const { id: connectionId, version } = await lockConnection(manager, userPoolId);
  await manager.delete(scriptEntity, { connectionId });
  await manager.delete(connectionVersionEntity, { connectionId });
  await manager.delete(conflictEntity, { userPoolId, connectionId });
  await manager.query('UPDATE connections SET user_pool_id = NULL, enabled = false, updated_at = $2 WHERE id = $1', [
    connectionId,
    at,
  ]);
  await manager.query(DELETED_VERSIONS, [userPoolId, version]);
  const action = 'ConnectionService/DeleteConnection';
  await writeAudit(manager, { userPoolId, at, action, target: `connection ${connectionId}` }, author);
};
