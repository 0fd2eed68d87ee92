import { randomUUID } from 'node:crypto';
import {
  IdentityServiceClient,
  LoginRequest,
  type LoginResponse,
} from '@userferry/contracts/identity/v1/identity_service';
import { type ClientTls, createClient } from '@userferry/grpc';

const inTime = () => ({ requestId: randomUUID(), deadlineMs: Date.now() + 20_000 });

export type EdgeOptions = {
  readonly address: string;
  readonly userPoolId: string;
  readonly edgeKey: string;
  /** Where the users' requests come from; '' when nobody knows, and then no limit by address applies. */
  readonly requestIp?: string;
  readonly tls?: ClientTls | undefined;
};

/** Logs in as an edge auth service does. */
export type Login = (email: string, password: string) => Promise<LoginResponse['outcome']>;

/** Logs in as an edge auth service does. */
export const createLogin = ({
  address,
  userPoolId,
  edgeKey,
  requestIp = '203.0.113.9',
  tls,
}: EdgeOptions): Login & Disposable => {
  const client = createClient(IdentityServiceClient, { address, token: edgeKey, tls, repeatable: ['login'] });
  const login: Login = async (email, password) => {
    const context = { appId: 'demo-app', appName: 'Demo', requestIp };
    const request = { userPoolId, identifier: { $case: 'email' as const, value: email }, password, context };
    return (await client.login(LoginRequest.fromPartial(request), inTime())).outcome;
  };
  return Object.assign(login, { [Symbol.dispose]: () => client[Symbol.dispose]() });
};
