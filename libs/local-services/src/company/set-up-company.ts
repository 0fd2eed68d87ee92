import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { ApiKeyRole, ApiKeyServiceClient } from '@userferry/contracts/management/v1/api_key_service';
import {
  ConnectionMode,
  ConnectionServiceClient,
  SaveConnectionRequest,
} from '@userferry/contracts/management/v1/connection_service';
import { Plan, UserPoolServiceClient } from '@userferry/contracts/management/v1/user_pool_service';
import { ScriptAction } from '@userferry/contracts/runner/v1/script_runner_service';
import { type ClientTls, createClient } from '@userferry/grpc';
import { whenThereIsRoom } from './when-there-is-room.ts';

const inTime = () => ({ requestId: randomUUID(), deadlineMs: Date.now() + 20_000 });

/** The pool and the keys of a company that is connected. */
export type Company = { readonly userPoolId: string; readonly adminKey: string; readonly edgeKey: string };

export type CompanyOptions = {
  readonly address: string;
  readonly operatorKey: string;
  readonly legacyUrl: string;
  readonly tls?: ClientTls | undefined;
  /** Instead of the sample scripts. */
  readonly scripts?: Readonly<Record<'LOGIN' | 'GET_USER', string>>;
};

/** The path of a sample script, by the function that it defines. */
export const sampleScriptFile = (name: 'login' | 'getUser'): string =>
  fileURLToPath(new URL(`scripts/${name}.js`, import.meta.url));

const scriptOf = (name: 'login' | 'getUser') => readFileSync(sampleScriptFile(name), 'utf8');

/** In the published style: a client, a parameterised query, `bcrypt.compare`, `client.end()` in `finally`. */
export const sampleScripts = () => ({ LOGIN: scriptOf('login'), GET_USER: scriptOf('getUser') });

/** From nothing to a connection that is switched on, by the public API alone, as an operator and an administrator do it. */
export const setUpCompany = async ({
  address,
  operatorKey,
  legacyUrl,
  tls,
  scripts = sampleScripts(),
}: CompanyOptions): Promise<Company> => {
  using pools = createClient(UserPoolServiceClient, { address, tls, token: operatorKey });
  using keys = createClient(ApiKeyServiceClient, { address, tls, token: operatorKey });
  const pool = { name: 'Acme', metadataJson: Buffer.from('{"tier":"gold"}'), revealRejectionDetails: false };
  const { userPool } = await pools.createUserPool({ ...pool, plan: Plan.ENTERPRISE }, inTime());
  const userPoolId = userPool?.userPoolId ?? '';
  const make = (role: ApiKeyRole, name: string) => keys.createApiKey({ userPoolId, role, name, scopes: [] }, inTime());
  const { secret: adminKey } = await make(ApiKeyRole.ADMIN, 'demo administrator');
  const { secret: edgeKey } = await make(ApiKeyRole.EDGE, 'demo edge');
  using connections = createClient(ConnectionServiceClient, { address, tls, token: adminKey });
  const form = { $case: 'uri' as const, value: legacyUrl };
  const connection = { userPoolId, mode: ConnectionMode.LAZY_MIGRATION, address: { form } };
  await connections.saveConnection(SaveConnectionRequest.fromPartial(connection), inTime());
  for (const action of ['LOGIN', 'GET_USER'] as const)
    await whenThereIsRoom(() =>
      connections.saveScript(
        { userPoolId, action: ScriptAction[action], source: scripts[action], language: 0 },
        inTime(),
      ),
    );
  await connections.enableConnection({ userPoolId }, inTime());
  return { userPoolId, adminKey, edgeKey };
};
