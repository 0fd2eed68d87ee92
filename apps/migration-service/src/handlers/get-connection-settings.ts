import type {
  GetConnectionSettingsRequest,
  GetConnectionSettingsResponse,
} from '@userferry/contracts/migration/v1/connection_store_service';
import type { Handler } from '@userferry/grpc';
import { actionNumber, isScriptAction } from '@userferry/script-contract';
import type { ConnectionSettings, UserStore } from '@userferry/user-store';
import { wireIsolation, wireMode } from './wire-connection.ts';
import { wirePoolFacts } from './wire-facts.ts';

/** An action of a later version is left out: nobody here could run it. */
const wireScripts = (scripts: ConnectionSettings['scripts']) =>
  scripts.flatMap(({ action, source }) => (isScriptAction(action) ? [{ action: actionNumber(action), source }] : []));

export const getConnectionSettings =
  ({ connections }: UserStore): Handler<GetConnectionSettingsRequest, GetConnectionSettingsResponse> =>
  async ({ userPoolId }) => {
    const settings = await connections.settings(userPoolId);
    return {
      connectionId: settings.connectionId,
      version: BigInt(settings.version),
      enabled: settings.enabled,
      mode: wireMode(settings.mode),
      env: { ...settings.env },
      egress: settings.egress.map((rule) => ({ ...rule })),
      isolation: wireIsolation(settings.isolation),
      scripts: wireScripts(settings.scripts),
      pool: wirePoolFacts(settings.pool),
    };
  };
