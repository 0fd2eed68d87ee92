import type {
  CompareVersionsRequest,
  CompareVersionsResponse,
  DeleteConnectionRequest,
  DeleteConnectionResponse,
  GetScriptRequest,
  GetScriptResponse,
  ListVersionsRequest,
  ListVersionsResponse,
  RollbackRequest,
  RollbackResponse,
} from '@userferry/contracts/migration/v1/connection_store_service';
import type { Handler } from '@userferry/grpc';
import { actionNumber, isScriptAction, type ScriptAction } from '@userferry/script-contract';
import type { ConnectionVersion, UserStore } from '@userferry/user-store';
import { authorOf, pageOf } from './fields.ts';
import { actionOf, wireConnection, wireLanguage, wireMode } from './wire-connection.ts';

const wireVersion = ({ savedActions, ...version }: ConnectionVersion) => ({
  ...version,
  version: BigInt(version.version),
  changes: [...version.changes],
  mode: wireMode(version.mode),
  scripts: savedActions.filter(isScriptAction).map(actionNumber),
});

export const listVersions =
  ({ connections }: UserStore): Handler<ListVersionsRequest, ListVersionsResponse> =>
  async ({ userPoolId, ...page }) => {
    const { items, nextPageToken } = await connections.versions(userPoolId, pageOf(page));
    return { versions: items.map(wireVersion), nextPageToken };
  };

/** A script as it was written, of one version; 0 is the current one. */
export const getScript =
  ({ connections }: UserStore): Handler<GetScriptRequest, GetScriptResponse> =>
  async ({ userPoolId, action, version: wanted }) => {
    const which = { userPoolId, action: actionOf(action), version: Number(wanted) };
    const { source, version, language } = await connections.script(which);
    return { source, version: BigInt(version), language: wireLanguage(language) };
  };

const wirePair = (
  action: ScriptAction,
  { from, to, language }: { readonly from: string; readonly to: string; readonly language: 0 | 1 },
) => ({ action: actionNumber(action), fromSource: from, toSource: to, language });

/** What differs between two versions; 0 is the current one. */
export const compareVersions =
  ({ connections }: UserStore): Handler<CompareVersionsRequest, CompareVersionsResponse> =>
  async ({ userPoolId, fromVersion, toVersion }) => {
    const pair = { userPoolId, from: Number(fromVersion), to: Number(toVersion) };
    const { from, to, changes, scripts } = await connections.compare(pair);
    return {
      fromVersion: BigInt(from),
      toVersion: BigInt(to),
      changes: [...changes],
      scripts: scripts.flatMap(({ action, language, ...sources }) =>
        isScriptAction(action) ? [wirePair(action, { ...sources, language: wireLanguage(language) })] : [],
      ),
    };
  };

/** Makes an earlier version current again, as a new one. */
export const rollback =
  ({ connections }: UserStore): Handler<RollbackRequest, RollbackResponse> =>
  async ({ userPoolId, version, actor }, call) => {
    const wanted = { userPoolId, version: Number(version), ...authorOf(actor, call) };
    return { connection: wireConnection(await connections.rollBack(wanted)) };
  };

/** Removes settings, secrets and scripts of all versions; users who have migrated stay. */
export const deleteConnection =
  ({ connections }: UserStore): Handler<DeleteConnectionRequest, DeleteConnectionResponse> =>
  async ({ userPoolId, actor }, call) => {
    await connections.delete({ userPoolId, ...authorOf(actor, call) });
    call.log.info({ userPoolId, actor }, 'connection deleted');
    return {};
  };
