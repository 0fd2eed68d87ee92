import type {
  DeleteConnectionRequest,
  DeleteConnectionResponse,
  DiffScriptVersionsRequest,
  DiffScriptVersionsResponse,
  GetScriptRequest,
  GetScriptResponse,
  ListScriptVersionsRequest,
  ListScriptVersionsResponse,
  RollbackScriptRequest,
  RollbackScriptResponse,
} from '@userferry/contracts/management/v1/connection_service';
import type { Handler } from '@userferry/grpc';
import { actionNumber, languageNumber, type ScriptLanguage } from '@userferry/script-contract';
import type { ConnectionStore } from '../clients/connection-store.ts';
import { scriptDiff } from '../connection/script-diff.ts';
import { actionField, invalidField, pageFields } from './fields.ts';

export const listScriptVersions =
  (store: Pick<ConnectionStore, 'listVersions'>): Handler<ListScriptVersionsRequest, ListScriptVersionsResponse> =>
  async ({ userPoolId, ...page }, call) => {
    return store.listVersions({ userPoolId, ...pageFields(page) }, call);
  };

/** A script as it was written, in one version. */
export const getScript =
  (store: Pick<ConnectionStore, 'getScript'>): Handler<GetScriptRequest, GetScriptResponse> =>
  async ({ userPoolId, action, version }, call) => {
    if (version < 0n) throw invalidField('version', 'counts from 1; 0 is the current one');
    const script = await store.getScript({ userPoolId, action: actionField('action', action), version }, call);
    return { ...script, language: languageNumber(script.language) };
  };

const EXTENSIONS = { javascript: 'js', typescript: 'ts' } as const satisfies Record<ScriptLanguage, string>;

type Compared = Pick<ConnectionStore, 'compareVersions'>;

/** What differs between two versions; scripts as `diff -u` prints them. */
export const diffScriptVersions =
  (store: Compared): Handler<DiffScriptVersionsRequest, DiffScriptVersionsResponse> =>
  async ({ userPoolId, fromVersion, toVersion }, call) => {
    if (fromVersion < 0n) throw invalidField('from_version', 'counts from 1; 0 is the current one');
    if (toVersion < 0n) throw invalidField('to_version', 'counts from 1; 0 is the current one');
    const compared = await store.compareVersions({ userPoolId, fromVersion, toVersion }, call);
    const scripts = compared.scripts.map(({ action, from, to, language }) => {
      const before = { source: from, version: compared.fromVersion };
      const after = { source: to, version: compared.toVersion };
      return { action: actionNumber(action), unified: scriptDiff(`${action}.${EXTENSIONS[language]}`, before, after) };
    });
    return { ...compared, changes: [...compared.changes], scripts };
  };

/** Mode, settings and all scripts of an earlier version, as a new one; the very next call sees it. */
export const rollbackScript =
  (store: Pick<ConnectionStore, 'rollback'>): Handler<RollbackScriptRequest, RollbackScriptResponse> =>
  async ({ userPoolId, version }, call) => {
    if (version < 1n) throw invalidField('version', 'counts from 1');
    return { connection: await store.rollback(userPoolId, version, call) };
  };

/** Removes settings, secrets and scripts of all versions. Users who have migrated stay. */
export const deleteConnection =
  (store: Pick<ConnectionStore, 'deleteConnection'>): Handler<DeleteConnectionRequest, DeleteConnectionResponse> =>
  async ({ userPoolId }, call) => {
    await store.deleteConnection(userPoolId, call);
    return {};
  };
