import { randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import type { DataSource, EntityManager } from 'typeorm';
import { type ConnectionRow, connectionEntity } from '../entities/connection-entities.ts';
import { isUuid, requirePool } from '../require-pool.ts';
import { retryConflicts } from '../retry-conflicts.ts';
import type { Sealer } from '../sealing.ts';
import type { Connection, ConnectionChange, ConnectionSettings, ScriptChange } from './connection-types.ts';
import { insertScript, insertVersion, type OpenVersion, readScripts, readVersion } from './connection-versions.ts';

type Change = (manager: EntityManager) => Promise<Connection>;

/** Connections, one for each user pool. Every change but enabling makes a new version; old ones are never altered. */
export const createConnectionRepository = (dataSource: DataSource, sealer: Sealer) => {
  const change = (run: Change) => retryConflicts(() => dataSource.transaction(run));
  return {
    /** @throws ServiceError USER_POOL_NOT_FOUND, CONNECTION_NOT_FOUND */
    get: async (userPoolId: string): Promise<Connection> => {
      const row = await requireConnection(dataSource.manager, userPoolId);
      return view(row, await readVersion(dataSource.manager, sealer, row));
    },

    /** @throws ServiceError USER_POOL_NOT_FOUND, CONNECTION_NOT_FOUND */
    settings: async (userPoolId: string): Promise<ConnectionSettings> => {
      const row = await requireConnection(dataSource.manager, userPoolId);
      const version = await readVersion(dataSource.manager, sealer, row);
      const { mode, egress, addressEnv, ownEnv } = version;
      const scripts = await readScripts(dataSource.manager, sealer, version);
      const env = { ...ownEnv, ...addressEnv };
      return { connectionId: row.id, version: row.version, enabled: row.enabled, mode, env, egress, scripts };
    },

    /** @throws ServiceError USER_POOL_NOT_FOUND */
    save: (wanted: ConnectionChange): Promise<Connection> => change((manager) => save(manager, sealer, wanted)),

    /** @throws ServiceError USER_POOL_NOT_FOUND, CONNECTION_NOT_FOUND */
    saveScript: (wanted: ScriptChange): Promise<Connection> => change((manager) => saveScript(manager, sealer, wanted)),

    /** @throws ServiceError USER_POOL_NOT_FOUND, CONNECTION_NOT_FOUND */
    setEnabled: (userPoolId: string, enabled: boolean): Promise<Connection> =>
      change(async (manager) => {
        const row = { ...(await lockConnection(manager, userPoolId)), enabled, updatedAt: new Date() };
        await manager.update(connectionEntity, { id: row.id }, { enabled, updatedAt: row.updatedAt });
        return view(row, await readVersion(manager, sealer, row));
      }),
  };
};

const view = (row: ConnectionRow, version: OpenVersion): Connection => ({
  connectionId: row.id,
  userPoolId: row.userPoolId,
  mode: version.mode,
  enabled: row.enabled,
  version: row.version,
  envNames: [...new Set([...Object.keys(version.addressEnv), ...Object.keys(version.ownEnv)])].sort(),
  egress: version.egress,
  savedActions: Object.keys(version.scripts),
  updatedAt: row.updatedAt,
});

const required = async (
  manager: EntityManager,
  userPoolId: string,
  row: ConnectionRow | null,
): Promise<ConnectionRow> => {
  if (row !== null) return row;
  await requirePool(manager, userPoolId);
  throw new ServiceError('CONNECTION_NOT_FOUND', 'this user pool has no connection yet');
};

const requireConnection = async (manager: EntityManager, userPoolId: string): Promise<ConnectionRow> =>
  required(manager, userPoolId, isUuid(userPoolId) ? await manager.findOneBy(connectionEntity, { userPoolId }) : null);

const findLocked = async (manager: EntityManager, userPoolId: string): Promise<ConnectionRow | null> =>
  isUuid(userPoolId)
    ? manager.findOne(connectionEntity, { where: { userPoolId }, lock: { mode: 'pessimistic_write' } })
    : null;

const lockConnection = async (manager: EntityManager, userPoolId: string): Promise<ConnectionRow> =>
  required(manager, userPoolId, await findLocked(manager, userPoolId));

const newConnection = async (manager: EntityManager, userPoolId: string): Promise<ConnectionRow> => {
  await requirePool(manager, userPoolId);
  const row = { id: randomUUID(), userPoolId, enabled: false, version: 0, updatedAt: new Date() };
  await manager.insert(connectionEntity, row);
  return row;
};

const nextVersion = async (
  manager: EntityManager,
  sealer: Sealer,
  { current, content, actor }: { current: ConnectionRow; content: OpenVersion; actor: string },
): Promise<Connection> => {
  const connection = { ...current, version: current.version + 1, updatedAt: new Date() };
  await insertVersion(manager, sealer, { connection, content, actor });
  const { version, updatedAt } = connection;
  await manager.update(connectionEntity, { id: connection.id }, { version, updatedAt });
  return view(connection, content);
};

const save = async (manager: EntityManager, sealer: Sealer, wanted: ConnectionChange): Promise<Connection> => {
  const known = await findLocked(manager, wanted.userPoolId);
  const current = known ?? (await newConnection(manager, wanted.userPoolId));
  const before = known === null ? undefined : await readVersion(manager, sealer, known);
  const content = {
    mode: wanted.mode,
    egress: wanted.egress,
    addressEnv: wanted.addressEnv ?? before?.addressEnv ?? {},
    ownEnv: wanted.ownEnv ?? before?.ownEnv ?? {},
    scripts: before?.scripts ?? {},
  };
  return nextVersion(manager, sealer, { current, content, actor: wanted.actor });
};

const saveScript = async (manager: EntityManager, sealer: Sealer, wanted: ScriptChange): Promise<Connection> => {
  const current = await lockConnection(manager, wanted.userPoolId);
  const before = await readVersion(manager, sealer, current);
  const scriptId = await insertScript(manager, sealer, { ...wanted, connectionId: current.id });
  const content = { ...before, scripts: { ...before.scripts, [wanted.action]: scriptId } };
  return nextVersion(manager, sealer, { current, content, actor: wanted.actor });
};
