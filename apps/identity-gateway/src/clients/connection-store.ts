import type { Connection } from '@userferry/contracts/management/v1/connection_service';
import { ConnectionMode as WireMode } from '@userferry/contracts/management/v1/connection_service';
import {
  ConnectionStoreServiceClient,
  type GetConnectionSettingsResponse,
} from '@userferry/contracts/migration/v1/connection_store_service';
import { ServiceError } from '@userferry/errors';
import { type CallFacts, createClient } from '@userferry/grpc';
import { actionNumber, actionOfNumber, type ConnectionMode, type ScriptAction } from '@userferry/script-contract';
import type { ConnectionSettings, EgressRule } from '../connection/script-run.ts';

/** A connection as its administrator sees it, without any secret; nothing here looks into it. */
export type VisibleConnection = Connection;

export type ConnectionToSave = {
  readonly userPoolId: string;
  readonly mode: ConnectionMode;
  /** `undefined`: keep what is saved. */
  readonly addressEnv: Readonly<Record<string, string>> | undefined;
  readonly ownEnv: Readonly<Record<string, string>> | undefined;
  readonly egress: readonly EgressRule[];
};

export type ScriptToSave = { readonly userPoolId: string; readonly action: ScriptAction; readonly source: string };

type Saved = Promise<VisibleConnection>;

export type ConnectionStore = Disposable & {
  readonly getConnectionSettings: (userPoolId: string, call: CallFacts) => Promise<ConnectionSettings>;
  readonly getConnection: (userPoolId: string, call: CallFacts) => Saved;
  readonly saveConnection: (connection: ConnectionToSave, call: CallFacts) => Saved;
  readonly saveScript: (script: ScriptToSave, call: CallFacts) => Saved;
  readonly setEnabled: (userPoolId: string, enabled: boolean, call: CallFacts) => Saved;
};

const WIRE_MODES = { lazy_migration: WireMode.LAZY_MIGRATION, custom_user_store: WireMode.CUSTOM_USER_STORE } as const;

export const createConnectionStore = (address: string, token: string): ConnectionStore => {
  const client = createClient(ConnectionStoreServiceClient, {
    address,
    token,
    repeatable: ['getConnection', 'getConnectionSettings', 'setConnectionEnabled'],
  });
  return {
    getConnectionSettings: async (userPoolId, call) =>
      toSettings(await client.getConnectionSettings({ userPoolId }, call)),
    getConnection: async (userPoolId, call) => saved(await client.getConnection({ userPoolId }, call)),
    saveConnection: async ({ userPoolId, mode, addressEnv, ownEnv, egress }, call) => {
      const env = { addressEnv: envValues(addressEnv), ownEnv: envValues(ownEnv) };
      const rules = egress.map((rule) => ({ ...rule }));
      const request = { userPoolId, mode: WIRE_MODES[mode], ...env, egress: rules, actor: call.caller.id };
      return saved(await client.saveConnection(request, call));
    },
    saveScript: async ({ userPoolId, action, source }, call) =>
      saved(await client.saveScript({ userPoolId, action: actionNumber(action), source, actor: call.caller.id }, call)),
    setEnabled: async (userPoolId, enabled, call) =>
      saved(await client.setConnectionEnabled({ userPoolId, enabled, actor: call.caller.id }, call)),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

const envValues = (values: Readonly<Record<string, string>> | undefined) => values && { values: { ...values } };

const saved = ({ connection }: { connection?: Connection | undefined }): VisibleConnection => {
  if (connection === undefined) throw new ServiceError('INTERNAL', 'the migration-service sent no connection');
  return connection;
};

const toSettings = (response: GetConnectionSettingsResponse): ConnectionSettings => ({
  connectionId: response.connectionId,
  version: response.version,
  enabled: response.enabled,
  mode: response.mode === WireMode.CUSTOM_USER_STORE ? 'custom_user_store' : 'lazy_migration',
  env: response.env,
  egress: response.egress,
  scripts: new Map(
    response.scripts.flatMap(({ action, source }) => {
      const known = actionOfNumber(action);
      return known === undefined ? [] : [[known, source] as const];
    }),
  ),
});
