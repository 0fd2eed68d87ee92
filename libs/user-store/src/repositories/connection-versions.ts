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
} from '../entities/connection-entities.ts';
import type { Sealer } from '../sealing.ts';
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

const openSettings = ({ sealedSettings, connectionId, version }: ConnectionVersionRow, sealer: Sealer): Settings =>
  JSON.parse(sealer.open(sealedSettings, settingsPlace(connectionId, version))) as Settings;

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

/** A version of a connection, if it has one of that number. */
export const findVersion = async (
  manager: EntityManager,
  sealer: Sealer,
  place: { connectionId: string; version: number },
): Promise<OpenVersion | undefined> => {
  const row = await findRow(manager, place);
  return row === null ? undefined : { ...plainOf(row), ...openSettings(row, sealer) };
};

// What an int4 can hold.
const isVersionNumber = (version: number): boolean => Number.isInteger(version) && version > 0 && version < 2 ** 31;

/** The version that a connection names as its current one. Throws CONNECTION_NOT_FOUND when it is deleted just now. */
export const readVersion = async (
  manager: EntityManager,
  sealer: Sealer,
  { id: connectionId, version }: ConnectionRow,
): Promise<OpenVersion> => {
  const found = await findVersion(manager, sealer, { connectionId, version });
  if (found === undefined) throw isGone();
  return found;
};

const isGone = () => new ServiceError('CONNECTION_NOT_FOUND', 'this user pool has no connection any more');

/** The same, for what must also work once its key is lost: without settings that do not open. */
export const readWhatOpens = async (
  manager: EntityManager,
  sealer: Sealer,
  { id: connectionId, version }: ConnectionRow,
): Promise<PartOfVersion> => {
  const row = await findRow(manager, { connectionId, version });
  if (row === null) throw isGone();
  try {
    return { ...plainOf(row), ...openSettings(row, sealer) };
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
  const { id: connectionId, version, updatedAt: createdAt } = connection;
  const { addressEnv, ownEnv, ...open } = content;
  const sealedSettings = sealer.seal(JSON.stringify({ addressEnv, ownEnv }), settingsPlace(connectionId, version));
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

const scriptRows = (manager: EntityManager, version: OpenVersion): Promise<ScriptRow[]> => {
  const ids = Object.values(version.scripts);
  return ids.length === 0 ? Promise.resolve([]) : manager.findBy(scriptEntity, { id: In(ids) });
};

/** What runs in a version, in clear. */
export const readScripts = async (
  manager: EntityManager,
  sealer: Sealer,
  version: OpenVersion,
): Promise<{ action: string; source: string }[]> => {
  const rows = await scriptRows(manager, version);
  return rows.map((row) => ({ action: row.action, source: sealer.open(row.sealedSource, sourcePlace(row.id)) }));
};

/** The scripts of a version as they were written, by action. */
export const readWritten = async (
  manager: EntityManager,
  sealer: Sealer,
  version: OpenVersion,
): Promise<ReadonlyMap<string, WrittenScript>> => {
  const rows = await scriptRows(manager, version);
  const sourceOf = ({ id, sealedSource, sealedWritten }: ScriptRow): string =>
    sealedWritten === null ? sealer.open(sealedSource, sourcePlace(id)) : sealer.open(sealedWritten, writtenPlace(id));
  return new Map(rows.map((row) => [row.action, { source: sourceOf(row), language: row.language ?? undefined }]));
};
