import { randomUUID } from 'node:crypto';
import {
  IdentityServiceClient,
  LoginRequest,
  type LoginResponse,
} from '@userferry/contracts/identity/v1/identity_service';
import { ApiKeyRole, ApiKeyServiceClient } from '@userferry/contracts/management/v1/api_key_service';
import {
  ConnectionMode,
  ConnectionServiceClient,
  SaveConnectionRequest,
} from '@userferry/contracts/management/v1/connection_service';
import { UserPoolServiceClient } from '@userferry/contracts/management/v1/user_pool_service';
import { ScriptAction } from '@userferry/contracts/runner/v1/script_runner_service';
import { createClient } from '@userferry/grpc';

const inTime = () => ({ requestId: randomUUID(), deadlineMs: Date.now() + 20_000 });

/** The keys and the pool that a set-up leaves behind. */
export type SetUp = { readonly userPoolId: string; readonly adminKey: string; readonly edgeKey: string };

export type SetUpOptions = {
  readonly address: string;
  readonly operatorKey: string;
  readonly legacyUrl: string;
  readonly scripts: Readonly<Record<'LOGIN' | 'GET_USER', string>>;
};

/** From nothing to a connection that is switched on, by the public API alone, as an operator and an administrator do it. */
export const setUp = async ({ address, operatorKey, legacyUrl, scripts }: SetUpOptions): Promise<SetUp> => {
  using pools = createClient(UserPoolServiceClient, { address, token: operatorKey });
  using keys = createClient(ApiKeyServiceClient, { address, token: operatorKey });
  const pool = { name: 'Acme', metadataJson: Buffer.from('{"tier":"gold"}'), revealRejectionDetails: false };
  const { userPool } = await pools.createUserPool(pool, inTime());
  const userPoolId = userPool?.userPoolId ?? '';
  const make = (role: ApiKeyRole, name: string) => keys.createApiKey({ userPoolId, role, name }, inTime());
  const { secret: adminKey } = await make(ApiKeyRole.ADMIN, 'demo administrator');
  const { secret: edgeKey } = await make(ApiKeyRole.EDGE, 'demo edge');
  using connections = createClient(ConnectionServiceClient, { address, token: adminKey });
  const form = { $case: 'uri' as const, value: legacyUrl };
  const connection = { userPoolId, mode: ConnectionMode.LAZY_MIGRATION, address: { form } };
  await connections.saveConnection(SaveConnectionRequest.fromPartial(connection), inTime());
  for (const action of ['LOGIN', 'GET_USER'] as const)
    await connections.saveScript({ userPoolId, action: ScriptAction[action], source: scripts[action] }, inTime());
  await connections.enableConnection({ userPoolId }, inTime());
  return { userPoolId, adminKey, edgeKey };
};

export type Login = (email: string, password: string) => Promise<LoginResponse['outcome']>;

/** Logs in as an edge auth service does. */
export const createLogin = ({ address, userPoolId, edgeKey }: { address: string } & SetUp): Login & Disposable => {
  const client = createClient(IdentityServiceClient, { address, token: edgeKey, repeatable: ['login'] });
  const login: Login = async (email, password) => {
    const context = { appId: 'demo-app', appName: 'Demo', requestIp: '203.0.113.9' };
    const request = { userPoolId, identifier: { $case: 'email' as const, value: email }, password, context };
    return (await client.login(LoginRequest.fromPartial(request), inTime())).outcome;
  };
  return Object.assign(login, { [Symbol.dispose]: () => client[Symbol.dispose]() });
};
