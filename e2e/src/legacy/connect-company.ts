import { randomUUID } from 'node:crypto';
import { IdentityServiceClient } from '@userferry/contracts/identity/v1/identity_service';
import { ApiKeyRole, ApiKeyServiceClient } from '@userferry/contracts/management/v1/api_key_service';
import {
  ConnectionMode,
  ConnectionServiceClient,
  SaveConnectionRequest,
} from '@userferry/contracts/management/v1/connection_service';
import {
  CreateUserPoolRequest,
  Plan,
  UserPoolServiceClient,
} from '@userferry/contracts/management/v1/user_pool_service';
import { type CallContext, createClient, type PromiseClient } from '@userferry/grpc';
import { whenThereIsRoom } from '@userferry/local-services';
import { actionNumber, requiredActions, SCRIPT_ACTIONS, type ScriptAction } from '@userferry/script-contract';

/** Every call of a journey has an id, and twenty seconds unless said. */
export const inTime = (ms = 20_000): CallContext => ({ requestId: randomUUID(), deadlineMs: Date.now() + ms });

/** Where the gateway is, and the key of whoever may do everything. */
export type Gateway = { readonly address: string; readonly operatorKey: string };

/** A company's pool, and whoever calls for it: its edge, its administrator, the operator. */
export type LegacyCompany = Disposable & {
  readonly userPoolId: string;
  readonly edgeKey: string;
  readonly adminKey: string;
  /** With the edge's key. */
  readonly identity: PromiseClient<IdentityServiceClient>;
  /** With the administrator's key. */
  readonly connections: PromiseClient<ConnectionServiceClient>;
  /** With the operator's key. */
  readonly pools: PromiseClient<UserPoolServiceClient>;
};

export type CompanyConnection = {
  readonly mode: 'LAZY_MIGRATION' | 'CUSTOM_USER_STORE';
  readonly uri: string;
  readonly scriptOf: (action: ScriptAction) => string | undefined;
  readonly env?: Readonly<Record<string, string>>;
};

const MODES = { LAZY_MIGRATION: 'lazy_migration', CUSTOM_USER_STORE: 'custom_user_store' } as const;

/** The actions of which a connection of that mode has scripts. */
const actionsOf = (mode: CompanyConnection['mode']): readonly ScriptAction[] =>
  mode === 'CUSTOM_USER_STORE' ? SCRIPT_ACTIONS : requiredActions(MODES[mode]);

/** Saves a connection with its scripts. */
export const saveConnection = async (
  { userPoolId, connections }: Pick<LegacyCompany, 'userPoolId' | 'connections'>,
  { mode, uri, scriptOf, env = {} }: CompanyConnection,
): Promise<void> => {
  const address = { form: { $case: 'uri' as const, value: uri } };
  const request = { userPoolId, mode: ConnectionMode[mode], address, env: { ...env } };
  await connections.saveConnection(SaveConnectionRequest.fromPartial(request), inTime());
  for (const action of actionsOf(mode)) {
    const source = scriptOf(action);
    const request = { userPoolId, action: actionNumber(action), source: source ?? '', language: 0 as const };
    if (source !== undefined) await whenThereIsRoom(() => connections.saveScript(request, inTime()));
  }
};

/** Saves a connection with its scripts and switches it on. */
export const connect = async (
  company: Pick<LegacyCompany, 'userPoolId' | 'connections'>,
  connection: CompanyConnection,
): Promise<void> => {
  await saveConnection(company, connection);
  await company.connections.enableConnection({ userPoolId: company.userPoolId }, inTime());
};

/** A gateway's identity calls with that key. */
export const identityAt = (address: string, token: string): PromiseClient<IdentityServiceClient> =>
  createClient(IdentityServiceClient, { address, token });

/** A key of that role for a pool. */
const makeKey = async ({ address, operatorKey }: Gateway, userPoolId: string, role: ApiKeyRole): Promise<string> => {
  using keys = createClient(ApiKeyServiceClient, { address, token: operatorKey });
  return (await keys.createApiKey({ userPoolId, role, name: 'journey', scopes: [] }, inTime())).secret;
};

export type CompanyOptions = {
  readonly name: string;
  readonly connection?: CompanyConnection;
  readonly plan?: Plan;
};

/** A pool of its own on a running gateway, with its keys; connected where a connection is given. */
export const createCompany = async (
  gateway: Gateway,
  { name, connection, plan = Plan.ENTERPRISE }: CompanyOptions,
): Promise<LegacyCompany> => {
  const { address, operatorKey } = gateway;
  const pools = createClient(UserPoolServiceClient, { address, token: operatorKey });
  const { userPool } = await pools.createUserPool(CreateUserPoolRequest.fromPartial({ name, plan }), inTime());
  const userPoolId = userPool?.userPoolId ?? '';
  const edgeKey = await makeKey(gateway, userPoolId, ApiKeyRole.EDGE);
  const adminKey = await makeKey(gateway, userPoolId, ApiKeyRole.ADMIN);
  const identity = identityAt(address, edgeKey);
  const connections = createClient(ConnectionServiceClient, { address, token: adminKey });
  const close = () => {
    for (const client of [pools, connections, identity]) client[Symbol.dispose]();
  };
  const company = { userPoolId, edgeKey, adminKey, identity, connections, pools, [Symbol.dispose]: close };
  if (connection !== undefined) await connect(company, connection);
  return company;
};
