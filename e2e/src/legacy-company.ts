import { randomUUID } from 'node:crypto';
import { IdentityServiceClient } from '@userferry/contracts/identity/v1/identity_service';
import { ApiKeyRole, ApiKeyServiceClient } from '@userferry/contracts/management/v1/api_key_service';
import {
  ConnectionMode,
  ConnectionServiceClient,
  SaveConnectionRequest,
} from '@userferry/contracts/management/v1/connection_service';
import { CreateUserPoolRequest, UserPoolServiceClient } from '@userferry/contracts/management/v1/user_pool_service';
import { type CallContext, createClient, type PromiseClient } from '@userferry/grpc';
import { actionNumber, requiredActions, SCRIPT_ACTIONS } from '@userferry/script-contract';
import { type LegacyStore, templateOf } from '@userferry/script-templates';
import type { World } from './world.ts';

/** Every call of a journey has twenty seconds. */
export const inTime = (): CallContext => ({ requestId: randomUUID(), deadlineMs: Date.now() + 20_000 });

export type LegacyCompany = Disposable & {
  readonly userPoolId: string;
  readonly identity: PromiseClient<IdentityServiceClient>;
  readonly connections: PromiseClient<ConnectionServiceClient>;
  readonly pools: PromiseClient<UserPoolServiceClient>;
};

export type LegacyCompanyOptions = {
  readonly store: LegacyStore;
  readonly uri: string;
  readonly mode: 'LAZY_MIGRATION' | 'CUSTOM_USER_STORE';
};

const MODES = { LAZY_MIGRATION: 'lazy_migration', CUSTOM_USER_STORE: 'custom_user_store' } as const;

/** A company of its own on a running world, with the ready-made scripts for its legacy user store, switched on. */
export const connectCompany = async (world: World, { store, uri, mode }: LegacyCompanyOptions): Promise<LegacyCompany> => {
  const address = `127.0.0.1:${world.services.ports.gateway}`;
  const token = world.operatorKey;
  const pools = createClient(UserPoolServiceClient, { address, token });
  const connections = createClient(ConnectionServiceClient, { address, token });
  const identity = createClient(IdentityServiceClient, { address, token });
  const { userPool } = await pools.createUserPool(CreateUserPoolRequest.fromPartial({ name: `${store} ${mode}` }), inTime());
  const userPoolId = userPool?.userPoolId ?? '';
  const form = { $case: 'uri' as const, value: uri };
  await connections.saveConnection(
    SaveConnectionRequest.fromPartial({ userPoolId, mode: ConnectionMode[mode], address: { form } }),
    inTime(),
  );
  const actions = mode === 'CUSTOM_USER_STORE' ? SCRIPT_ACTIONS : requiredActions(MODES[mode]);
  for (const action of actions)
    await connections.saveScript({ userPoolId, action: actionNumber(action), source: templateOf(store, action) }, inTime());
  await connections.enableConnection({ userPoolId }, inTime());
  const close = () => {
    for (const client of [pools, connections, identity]) client[Symbol.dispose]();
  };
  return { userPoolId, identity, connections, pools, [Symbol.dispose]: close };
};

/** A key of that role for the company's pool. */
export const makeKey = async (world: World, userPoolId: string, role: ApiKeyRole): Promise<string> => {
  using keys = createClient(ApiKeyServiceClient, { address: `127.0.0.1:${world.services.ports.gateway}`, token: world.operatorKey });
  return (await keys.createApiKey({ userPoolId, role, name: 'journey' }, inTime())).secret;
};
