import {
  ListPublicIpsRequest,
  ListPublicIpsResponse,
  PublicIpServiceClient,
  type PublicIpServiceServer,
  PublicIpServiceService,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import type { Logger } from '@userferry/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Authenticate, createClient, createServer, jsonCalls, service } from '../index.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

/** What happens, in its order. */
let events: string[] = [];
const told = (event: string) => expect.poll(() => events, { timeout: 20_000 }).toContain(event);

const logged = (facts: { reason?: string }) => void events.push(`logged ${facts.reason ?? 'OK'}`);
const log = { info: logged, warn: logged, error: logged, debug: logged, child: () => log } as unknown as Logger;
const CALLER = { role: 'service', userPoolIds: ['*'], scopes: [], id: 'service' } as const;

/** Services whose callers are known only once the test says so. */
const waiting = () => {
  events = [];
  const { promise: known, resolve: know } = Promise.withResolvers<void>();
  const authenticate: Authenticate = async () => {
    events.push('authenticating');
    await known;
    return CALLER;
  };
  const services = [
    service<PublicIpServiceServer>(PublicIpServiceService, {
      reportEgress: () => Promise.reject(new Error('not part of this test')),
      listPublicIps: async () => {
        events.push('begun');
        return ListPublicIpsResponse.fromPartial({});
      },
      watchPublicIps: async function* () {},
    }),
  ];
  return { know, services, options: { authenticate, log, callMsMax: 5_000 } };
};

describe('a caller that hangs up while it is being looked at', () => {
  it('is noticed, and its call is not begun', async () => {
    const { know, services, options } = waiting();
    const server = stack.use(await createServer({ host: '127.0.0.1', port: 0, services, ...options }));
    const client = stack.use(createClient(PublicIpServiceClient, { address: `127.0.0.1:${server.port}` }));
    const caller = new AbortController();
    const context = { requestId: 'request-1', deadlineMs: Date.now() + 5_000, signal: caller.signal };
    const called = client.listPublicIps(ListPublicIpsRequest.fromPartial({}), context);
    await told('authenticating');
    caller.abort();
    await expect(called).rejects.toMatchObject({ reason: 'CANCELLED' });
    await told('logged CANCELLED');
    know();
    await new Promise(setImmediate);
    expect(events).not.toContain('begun');
  });

  it('is noticed where it called in JSON, or was gone before', async () => {
    const { know, services, options } = waiting();
    const list = jsonCalls(services, options).get('PublicIpService/ListPublicIps');
    const call = { credential: 'x', requestId: 'request-1', text: '{}' };
    const caller = new AbortController();
    const called = list?.({ ...call, signal: caller.signal });
    caller.abort();
    await expect(called).rejects.toMatchObject({ reason: 'CANCELLED' });
    know();
    await expect(list?.({ ...call, signal: AbortSignal.abort() })).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect(events).not.toContain('begun');
  });
});
