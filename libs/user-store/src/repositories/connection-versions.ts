import { randomUUID } from 'node:crypto';
import { type EntityManager, In } from 'typeorm';
import {
  type ConnectionRow,
  type ConnectionVersionRow,
  connectionVersionEntity,
  type EgressRule,
  scriptEntity,
} from '../entities/connection-entities.ts';
import type { Sealer } from '../sealing.ts';
import type { ConnectionMode, EnvValues, ScriptChange } from './connection-types.ts';

type Settings = { readonly addressEnv: EnvValues; readonly ownEnv: EnvValues };

/** A version with its settings in clear. */
export type OpenVersion = Settings & {
  readonly mode: ConnectionMode;
  readonly egress: readonly EgressRule[];
  readonly scripts: Readonly<Record<string, string>>;
};

const settingsPlace = (connectionId: string, version: number): string =>
  `connection_versions/${connectionId}/${version}/sealed_settings`;

const sourcePlace = (scriptId: string): string => `scripts/${scriptId}/sealed_source`;

const openVersion = (row: ConnectionVersionRow, sealer: Sealer): OpenVersion => {
  const settings = JSON.parse(sealer.open(row.sealedSettings, settingsPlace(row.connectionId, row.version)));
  return { ...(settings as Settings), mode: row.mode as ConnectionMode, egress: row.egress, scripts: row.scripts };
};

/** The version that a connection names as its current one. */
export const readVersion = async (
  manager: EntityManager,
  sealer: Sealer,
  { id: connectionId, version }: ConnectionRow,
): Promise<OpenVersion> =>
  openVersion(await manager.findOneByOrFail(connectionVersionEntity, { connectionId, version }), sealer);

/** Adds a version, its settings sealed with the current key. */
export const insertVersion = async (
  manager: EntityManager,
  sealer: Sealer,
  { connection, content, actor }: { connection: ConnectionRow; content: OpenVersion; actor: string },
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
  });
};

/** Adds a script, its source sealed: people write passwords into scripts. Returns its id. */
export const insertScript = async (
  manager: EntityManager,
  sealer: Sealer,
  { connectionId, action, source, actor }: Omit<ScriptChange, 'userPoolId'> & { connectionId: string },
): Promise<string> => {
  const id = randomUUID();
  const sealedSource = sealer.seal(source, sourcePlace(id));
  await manager.insert(scriptEntity, {
    id,
    connectionId,
    action,
    sealedSource,
    createdAt: new Date(),
    createdBy: actor,
  });
  return id;
};

/** The scripts of a version, in clear. */
export const readScripts = async (
  manager: EntityManager,
  sealer: Sealer,
  version: OpenVersion,
): Promise<{ action: string; source: string }[]> => {
  const ids = Object.values(version.scripts);
  const rows = ids.length === 0 ? [] : await manager.findBy(scriptEntity, { id: In(ids) });
  return rows.map((row) => ({ action: row.action, source: sealer.open(row.sealedSource, sourcePlace(row.id)) }));
};
