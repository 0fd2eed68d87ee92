import type { Connection, ConnectionVersion } from '@userferry/contracts/management/v1/connection_service';
import { ConnectionMode as WireMode } from '@userferry/contracts/management/v1/connection_service';
import {
  ConnectionStoreServiceClient,
  type GetConnectionSettingsResponse,
} from '@userferry/contracts/migration/v1/connection_store_service';
import { ServiceError } from '@userferry/errors';
import type { CallFacts, ClientTls } from '@userferry/grpc';
import {
  actionNumber,
  actionOfNumber,
  type ConnectionMode,
  type Isolation,
  languageNumber,
  languageOfNumber,
  type ScriptAction,
  type ScriptLanguage,
} from '@userferry/script-contract';
import type { ConnectionSettings, EgressRule } from '../connection/script-run.ts';
import type { PoolPage } from './history-store.ts';
import { createOwnClient } from './own-client.ts';
import { toIsolation, toMode, toPoolFacts, toWireIsolation } from './store-facts.ts';

/** A connection as its administrator sees it, without any secret; nothing here looks into it. */
export type VisibleConnection = Connection;

export type ConnectionToSave = {
  readonly userPoolId: string;
  readonly mode: ConnectionMode;
  /** `undefined`: keep what is saved. */
  readonly addressEnv: Readonly<Record<string, string>> | undefined;
  readonly ownEnv: Readonly<Record<string, string>> | undefined;
  /** The version of which values are among these; `undefined`: of none. */
  readonly keptFromVersion: bigint | undefined;
  /** The version that the caller has seen, 0 for none; `undefined`: nobody looked. */
  readonly expectedVersion: bigint | undefined;
  readonly egress: readonly EgressRule[];
  readonly isolation: Isolation;
};

export type ScriptToSave = {
  readonly userPoolId: string;
  readonly action: ScriptAction;
  readonly source: string;
  readonly language: ScriptLanguage;
  /** What runs in the place of the source. */
  readonly toRun: string;
  /** The version that the caller has seen; `undefined`: nobody looked. */
  readonly expectedVersion: bigint | undefined;
};

type Saved = Promise<VisibleConnection>;

export type ConnectionStore = Disposable & {
  readonly getConnectionSettings: (userPoolId: string, call: CallFacts) => Promise<ConnectionSettings>;
  readonly getConnection: (userPoolId: string, call: CallFacts) => Saved;
  readonly saveConnection: (connection: ConnectionToSave, call: CallFacts) => Saved;
  readonly saveScript: (script: ScriptToSave, call: CallFacts) => Saved;
  readonly setEnabled: (userPoolId: string, enabled: boolean, call: CallFacts) => Saved;
  readonly deleteConnection: (userPoolId: string, call: CallFacts) => Promise<void>;
  readonly listVersions: (page: PoolPage, call: CallFacts) => Promise<VersionPage>;
  /** Version 0 is the current one. */
  readonly getScript: (
    which: { readonly userPoolId: string; readonly action: ScriptAction; readonly version: bigint },
    call: CallFacts,
  ) => Promise<{ readonly source: string; readonly version: bigint; readonly language: ScriptLanguage }>;
  /** Version 0 is the current one, on either side. */
  readonly compareVersions: (pair: VersionPair, call: CallFacts) => Promise<VersionComparison>;
  readonly rollback: (userPoolId: string, version: bigint, call: CallFacts) => Saved;
};

export type VersionPair = { readonly userPoolId: string; readonly fromVersion: bigint; readonly toVersion: bigint };

/** Settings that differ by name, scripts that differ by their sources ('': none). */
export type VersionComparison = {
  readonly fromVersion: bigint;
  readonly toVersion: bigint;
  readonly changes: readonly string[];
  readonly scripts: readonly {
    readonly action: ScriptAction;
    readonly from: string;
    readonly to: string;
    readonly language: ScriptLanguage;
  }[];
};

/** Rows go on to the caller as they are. */
export type VersionPage = { versions: ConnectionVersion[]; nextPageToken: string };

const WIRE_MODES = { lazy_migration: WireMode.LAZY_MIGRATION, custom_user_store: WireMode.CUSTOM_USER_STORE } as const;

export const createConnectionStore = (address: string, token: string, tls?: ClientTls): ConnectionStore => {
  const client = createOwnClient(ConnectionStoreServiceClient, {
    address,
    token,
    tls,
    repeatable: [
      'getConnection',
      'getConnectionSettings',
      'setConnectionEnabled',
      'listVersions',
      'getScript',
      'compareVersions',
    ],
  });
  return {
    getConnectionSettings: async (userPoolId, call) =>
      toSettings(await client.getConnectionSettings({ userPoolId }, call)),
    getConnection: async (userPoolId, call) => saved(await client.getConnection({ userPoolId }, call)),
    saveConnection: async ({ userPoolId, mode, addressEnv, ownEnv, egress, isolation, ...versions }, call) => {
      const env = { addressEnv: envValues(addressEnv), ownEnv: envValues(ownEnv) };
      const rules = egress.map((rule) => ({ ...rule }));
      const how = { mode: WIRE_MODES[mode], egress: rules, isolation: toWireIsolation(isolation) };
      const request = { userPoolId, ...how, ...env, ...versions, actor: call.caller.id };
      return saved(await client.saveConnection(request, call));
    },
    saveScript: async ({ userPoolId, ...script }, call) => {
      const response = await client.saveScript({ userPoolId, ...wireScript(script), actor: call.caller.id }, call);
      if (response.language !== languageNumber(script.language)) throw writtenNotKept();
      return saved(response);
    },
    setEnabled: async (userPoolId, enabled, call) =>
      saved(await client.setConnectionEnabled({ userPoolId, enabled, actor: call.caller.id }, call)),
    deleteConnection: async (userPoolId, call) => {
      await client.deleteConnection({ userPoolId, actor: call.caller.id }, call);
    },
    listVersions: (page, call) => client.listVersions(page, call),
    getScript: async ({ userPoolId, action, version: wanted }, call) => {
      const request = { userPoolId, action: actionNumber(action), version: wanted };
      const { source, version, language } = await client.getScript(request, call);
      return { source, version, language: toLanguage(language) };
    },
    compareVersions: async (pair, call) => {
      const { scripts, ...rest } = await client.compareVersions(pair, call);
      return {
        ...rest,
        scripts: scripts.flatMap(({ action: number, fromSource, toSource, language }) => {
          const action = actionOfNumber(number);
          return action === undefined
            ? []
            : [{ action, from: fromSource, to: toSource, language: toLanguage(language) }];
        }),
      };
    },
    rollback: async (userPoolId, version, call) =>
      saved(await client.rollback({ userPoolId, version, actor: call.caller.id }, call)),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

/** A language of a later version shows as JavaScript: it is text all the same. */
const toLanguage = (number: number): ScriptLanguage => languageOfNumber(number) ?? 'javascript';

const wireScript = ({ action, source, language, toRun, expectedVersion }: Omit<ScriptToSave, 'userPoolId'>) => ({
  action: actionNumber(action),
  expectedVersion,
  source: toRun,
  language: languageNumber(language),
  writtenSource: toRun === source ? '' : source,
});

/** Of a migration-service of the version before, while replicas are replaced. */
const writtenNotKept = (): ServiceError =>
  new ServiceError(
    'SERVICE_UNAVAILABLE',
    'the script was saved without its types, by a service that is being upgraded: save it once more',
  );

const envValues = (values: Readonly<Record<string, string>> | undefined) => values && { values: { ...values } };

const saved = ({ connection }: { connection?: Connection | undefined }): VisibleConnection => {
  if (connection === undefined) throw new ServiceError('INTERNAL', 'the migration-service sent no connection');
  return connection;
};

const toSettings = (response: GetConnectionSettingsResponse): ConnectionSettings => ({
  connectionId: response.connectionId,
  version: response.version,
  enabled: response.enabled,
  mode: toMode(response.mode),
  pool: toPoolFacts(response.pool),
  env: response.env,
  egress: response.egress,
  isolation: toIsolation(response.isolation),
  scripts: new Map(
    response.scripts.flatMap(({ action, source }) => {
      const known = actionOfNumber(action);
      return known === undefined ? [] : [[known, source] as const];
    }),
  ),
});
