import { ServiceError } from '@userferry/errors';
import { type DataSource, LessThan } from 'typeorm';
import { connectionVersionEntity } from '../../entities/connection-entities.ts';
import { type Page, type Paged, pagedOf, sizeOf, valuesOf } from '../../paging.ts';
import { requirePool } from '../../require-pool.ts';
import { retryConflicts } from '../../retry-conflicts.ts';
import type { Sealer } from '../../secrets/sealing.ts';
import type { Clock } from '../../time/clock.ts';
import type { Author } from '../history/audit.ts';
import { poolView } from '../pools/pool-facts.ts';
import {
  type ChangeScope,
  connectionView,
  deleteConnection,
  rollBack,
  saveScript,
  saveSettings,
  switchConnection,
  versionNotFound,
} from './change-connection.ts';
import { compareVersions, type VersionComparison, type VersionPair } from './compare-versions.ts';
import { requireConnection } from './connection-row.ts';
import type {
  Connection,
  ConnectionChange,
  ConnectionMode,
  ConnectionSettings,
  ConnectionVersion,
  ScriptChange,
  WrittenScript,
} from './connection-types.ts';
import { findVersion, readScripts, readVersion, readWritten } from './connection-versions.ts';

type OfPool = Author & { readonly userPoolId: string };

const readSettings = async ({ manager, sealer, at }: ChangeScope, userPoolId: string): Promise<ConnectionSettings> => {
  const row = await requireConnection(manager, userPoolId);
  const version = await readVersion(manager, sealer, row);
  const { mode, egress, isolation, addressEnv, ownEnv } = version;
  const scripts = await readScripts(manager, sealer, row, version);
  const env = { ...ownEnv, ...addressEnv };
  const pool = poolView(await requirePool(manager, userPoolId), at);
  const { id: connectionId, version: number, enabled } = row;
  return { connectionId, version: number, enabled, mode, env, egress, isolation, scripts, pool };
};

const NUMBER = /^\d{1,9}$/;

const listVersions = async (
  { manager }: ChangeScope,
  userPoolId: string,
  page: Page,
): Promise<Paged<ConnectionVersion>> => {
  const { id: connectionId, version: current } = await requireConnection(manager, userPoolId);
  const [before] = valuesOf(page, [NUMBER]) ?? [];
  const where = { connectionId, ...(before !== undefined && { version: LessThan(Number(before)) }) };
  const take = sizeOf(page) + 1;
  const rows = await manager.find(connectionVersionEntity, { where, order: { version: 'DESC' }, take });
  const versions = rows.map(({ version, createdAt, createdBy, changes, mode, scripts }) => ({
    version,
    savedAt: createdAt,
    savedBy: createdBy,
    changes,
    mode: mode as ConnectionMode,
    savedActions: Object.keys(scripts),
    current: version === current,
  }));
  return pagedOf(versions, page, (last) => [String(last.version)]);
};

const scriptOf = async (
  { manager, sealer }: ChangeScope,
  { userPoolId, action, version: wanted }: { userPoolId: string; action: string; version: number },
): Promise<WrittenScript & { readonly version: number }> => {
  const row = await requireConnection(manager, userPoolId);
  const version = wanted === 0 ? row.version : wanted;
  const content = await findVersion(manager, sealer, row, version);
  if (content === undefined) throw versionNotFound();
  const script = (await readWritten(manager, sealer, row, content)).get(action);
  if (script === undefined) throw new ServiceError('SCRIPT_NOT_FOUND', 'this version has no script for this action');
  return { ...script, version };
};

/**
 * Connections, one for each user pool. Every change but enabling makes a new version; old ones are never altered. Every
 * change leaves an audit entry. All fail with ServiceError USER_POOL_NOT_FOUND, all but `save` with CONNECTION_NOT_FOUND.
 */
export const createConnectionRepository = (dataSource: DataSource, sealer: Sealer, clock: Clock) => {
  const change = <T>(run: (scope: ChangeScope) => Promise<T>): Promise<T> =>
    retryConflicts(() => dataSource.transaction('READ COMMITTED', (manager) => run({ manager, sealer, at: clock() })));
  const reading = (): ChangeScope => ({ manager: dataSource.manager, sealer, at: clock() });
  return {
    get: async (userPoolId: string): Promise<Connection> => {
      const row = await requireConnection(dataSource.manager, userPoolId);
      return connectionView(row, await readVersion(dataSource.manager, sealer, row));
    },

    settings: (userPoolId: string): Promise<ConnectionSettings> =>
      dataSource.transaction('REPEATABLE READ', (manager) => readSettings({ ...reading(), manager }, userPoolId)),

    save: (wanted: ConnectionChange): Promise<Connection> => change((scope) => saveSettings(scope, wanted)),

    saveScript: (wanted: ScriptChange): Promise<Connection> => change((scope) => saveScript(scope, wanted)),

    /** @throws ServiceError PAYMENT_REQUIRED when it is to be switched on without plan or trial */
    setEnabled: (wanted: OfPool & { readonly enabled: boolean }): Promise<Connection> =>
      change((scope) => switchConnection(scope, wanted)),

    /** What has migrated stays. */
    delete: (wanted: OfPool): Promise<void> => change((scope) => deleteConnection(scope, wanted)),

    /** The newest first. */
    versions: (userPoolId: string, page: Page): Promise<Paged<ConnectionVersion>> =>
      listVersions(reading(), userPoolId, page),

    /** As it was written, in clear; version 0 is the current one. Throws VERSION_NOT_FOUND, SCRIPT_NOT_FOUND. */
    script: (wanted: { userPoolId: string; action: string; version: number }) => scriptOf(reading(), wanted),

    /** What differs between two versions. Throws VERSION_NOT_FOUND. */
    compare: (pair: VersionPair): Promise<VersionComparison> => compareVersions(reading(), pair),

    /** @throws ServiceError VERSION_NOT_FOUND */
    rollBack: (wanted: OfPool & { readonly version: number }): Promise<Connection> =>
      change((scope) => rollBack(scope, wanted)),
  };
};
