import { randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import { type EntityManager, In } from 'typeorm';
import {
  type ConnectionRow,
  type ConnectionVersionRow,
  connectionVersionEntity,
  type EgressRule,
  type ScriptRow,
  scriptEntity,
} from '../../entities/connection-entities.ts';
import type { Sealer } from '../../secrets/sealing.ts';
import { safeError } from '../../store-failures.ts';
import type { ConnectionMode, EnvValues, Isolation, ScriptChange, WrittenScript } from './connection-types.ts';

type Settings = { readonly addressEnv: EnvValues; readonly ownEnv: EnvValues };

/** A version with its settings in clear. */
export type OpenVersion = Settings & {
  readonly mode: ConnectionMode;
  readonly egress: readonly EgressRule[];
  readonly isolation: Isolation;
  readonly scripts: Readonly<Record<string, string>>;
};

/** The same, as far as it opens. */
export type PartOfVersion = Omit<OpenVersion, keyof Settings> & Partial<Settings>;

/** Where the settings of a version are sealed to. */
export const settingsPlace = (connectionId: string, version: number): string =>
  `connection_versions/${connectionId}/${version}/sealed_settings`;

/** Where a script's source is sealed to. */
export const sourcePlace = (scriptId: string): string => `scripts/${scriptId}/sealed_source`;

/** Where a script as it was written is sealed to. */
export const writtenPlace = (scriptId: string): string => `scripts/${scriptId}/sealed_written`;

/** Beside the settings, what leads to them and on from them; versions that were saved before it was sealed lack it. */
type Sealed = Settings & { readonly userPoolId?: string; readonly scripts?: OpenVersion['scripts'] };

const openSealed = (row: ConnectionVersionRow, sealer: Sealer, { userPoolId }: ConnectionRow) => {
  const text = sealer.open(row.sealedSettings, settingsPlace(row.connectionId, row.version));
  const { userPoolId: ofPool = userPoolId, ...sealed }: Sealed = JSON.parse(text);
  if (ofPool !== userPoolId)
    throw safeError('the settings of a connection belong to another user pool: it was altered');
  return sealed;
};

/** What of a version is not sealed. */
const plainOf = ({ mode, egress, isolation, scripts }: ConnectionVersionRow) => ({
  mode: mode as ConnectionMode,
  egress,
  isolation: isolation as Isolation,
  scripts,
});

const findRow = async (
  manager: EntityManager,
  place: { connectionId: string; version: number },
): Promise<ConnectionVersionRow | null> =>
  isVersionNumber(place.version) ? manager.findOneBy(connectionVersionEntity, place) : null;

/** A version of a connection, if it has one of that number; the current one unless said. */
export const findVersion = async (
  manager: EntityManager,
  sealer: Sealer,
  connection: ConnectionRow,
  version = connection.version,
): Promise<OpenVersion | undefined> => {
  const row = await findRow(manager, { connectionId: connection.id, version });
  return row === null ? undefined : { ...plainOf(row), ...openSealed(row, sealer, connection) };
};

// What an int4 can hold.
const isVersionNumber = (version: number): boolean => Number.isInteger(version) && version > 0 && version < 2 ** 31;

/** The version that a connection names as its current one. Throws CONNECTION_NOT_FOUND when it is deleted just now. */
export const readVersion = async (
  manager: EntityManager,
  sealer: Sealer,
  connection: ConnectionRow,
): Promise<OpenVersion> => {
  const found = await findVersion(manager, sealer, connection);
  if (found === undefined) throw isGone();
  return found;
};

const isGone = () => new ServiceError('CONNECTION_NOT_FOUND', 'this user pool has no connection any more');

/** The same, for what must also work once its key is lost: without settings that do not open. */
export const readWhatOpens = async (
  manager: EntityManager,
  sealer: Sealer,
  connection: ConnectionRow,
): Promise<PartOfVersion> => {
  const { id: connectionId, version } = connection;
  const row = await findRow(manager, { connectionId, version });
  if (row === null) throw isGone();
  try {
    return { ...plainOf(row), ...openSealed(row, sealer, connection) };
  } catch {
    return plainOf(row);
  }
};

/** `connection` as it will be: with the number and time of the new version. */
export type NewVersion = {
  readonly connection: ConnectionRow;
  readonly content: OpenVersion;
  readonly changes: readonly string[];
  readonly actor: string;
};

/** Adds a version, its settings sealed with the current key. */
export const insertVersion = async (
  manager: EntityManager,
  sealer: Sealer,
  { connection, content, changes, actor }: NewVersion,
): Promise<void> => {
  const { id: connectionId, userPoolId, version, updatedAt: createdAt } = connection;
  const { addressEnv, ownEnv, ...open } = content;
  // A first save has the id as the caller wrote it.
  const sealed: Sealed = { addressEnv, ownEnv, userPoolId: userPoolId.toLowerCase(), scripts: open.scripts };
  const sealedSettings = sealer.seal(JSON.stringify(sealed), settingsPlace(connectionId, version));
  await manager.insert(connectionVersionEntity, {
    ...open,
    connectionId,
    version,
    sealedSettings,
    createdAt,
    createdBy: actor,
    changes,
  });
};

/** Adds a script, its source sealed: people write passwords into scripts. Returns its id. */
export const insertScript = async (
  manager: EntityManager,
  sealer: Sealer,
  { connectionId, actor, at, ...script }: Omit<ScriptChange, 'userPoolId'> & { connectionId: string; at: Date },
): Promise<string> => {
  const id = randomUUID();
  const { action, source, language, written } = script;
  const sealedWritten = written === undefined ? null : sealer.seal(written, writtenPlace(id));
  await manager.insert(scriptEntity, {
    id,
    connectionId,
    action,
    sealedSource: sealer.seal(source, sourcePlace(id)),
    language: language ?? null,
    sealedWritten,
    createdAt: at,
    createdBy: actor,
  });
  return id;
};

/** Only its own: a version that was altered shows no other connection's. */
const scriptRows = (manager: EntityManager, { id: connectionId }: ConnectionRow, version: OpenVersion) => {
  const ids = Object.values(version.scripts);
  return ids.length === 0 ? Promise.resolve([]) : manager.findBy(scriptEntity, { id: In(ids), connectionId });
};

/** What runs in a version, in clear. */
export const readScripts = async (
  manager: EntityManager,
  sealer: Sealer,
  connection: ConnectionRow,
  version: OpenVersion,
): Promise<{ action: string; source: string }[]> => {
  const rows = await scriptRows(manager, connection, version);
  return rows.map((row) => ({ action: row.action, source: sealer.open(row.sealedSource, sourcePlace(row.id)) }));
};

/** The scripts of a version as they were written, by action. */
export const readWritten = async (
  manager: EntityManager,
  sealer: Sealer,
  connection: ConnectionRow,
  version: OpenVersion,
): Promise<ReadonlyMap<string, WrittenScript>> => {
  const rows = await scriptRows(manager, connection, version);
  const sourceOf = ({ id, sealedSource, sealedWritten }: ScriptRow): string =>
    sealedWritten === null ? sealer.open(sealedSource, sourcePlace(id)) : sealer.open(sealedWritten, writtenPlace(id));
  return new Map(rows.map((row) => [row.action, { source: sourceOf(row), language: row.language ?? undefined }]));
};
