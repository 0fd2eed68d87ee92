import {
  ListPublicIpsRequest,
  ListPublicIpsResponse,
  PublicIpServiceClient,
  type PublicIpServiceServer,
  PublicIpServiceService,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import { type Reason, ServiceError } from '@userferry/errors';
import { createLogger, type Logger } from '@userferry/process';
import { afterEach, describe, expect, it } from 'vitest';
import { createServer } from '../server/create-server.ts';
import { logFailure } from '../server/log-failure.ts';
import { service } from '../server/service.ts';
import { createClient } from './create-client.ts';
import { isRefusedByOurOwn } from './refused-by-our-own.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const unused = () => {
  throw new Error('not part of this test');
};

/** How a call ends that the other side answers with this reason, of a client of our own services or of any other. */
const failure = async (reason: Reason, isOwn: boolean): Promise<unknown> => {
  const listPublicIps = async () => ListPublicIpsResponse.fromPartial({});
  const handlers = { watchPublicIps: unused, reportEgress: unused, listPublicIps };
  const server = await createServer({
    host: '127.0.0.1',
    port: 0,
    services: [service<PublicIpServiceServer>(PublicIpServiceService, handlers)],
    authenticate: async () => {
      throw new ServiceError(reason, 'words of the other side');
    },
    log: createLogger({ service: 'test', level: 'silent' }),
    callMsMax: 10_000,
  });
  stack.use(server);
  const client = stack.use(createClient(PublicIpServiceClient, { address: `127.0.0.1:${server.port}`, isOwn }));
  const call = { requestId: 'request-1', deadlineMs: Date.now() + 10_000 };
  return client.listPublicIps(ListPublicIpsRequest.fromPartial({}), call).catch((error: unknown) => error);
};

describe('a service of ours that refuses another one', () => {
  it.each(['UNAUTHENTICATED', 'PEER_UNKNOWN', 'PEER_NOT_ALLOWED'] as const)(
    'is away for whom that one works for, who may do nothing about it: %s',
    async (reason) => {
      const error = await failure(reason, true);
      expect(error).toMatchObject({
        reason: 'SERVICE_UNAVAILABLE',
        code: 'UNAVAILABLE',
        metadata: { begun: 'no' },
        cause: { reason, message: 'words of the other side' },
      });
      expect(String(error)).not.toContain('words of the other side');
      expect(isRefusedByOurOwn(error)).toBe(true);
    },
  );

  it.each(['API_KEY_EXPIRED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'SCOPE_MISSING', 'PERMISSION_DENIED'] as const)(
    'is another thing than what it says of a caller of that one: %s',
    async (reason) => {
      const error = await failure(reason, true);
      expect(error).toMatchObject({ reason, message: 'words of the other side' });
      expect(isRefusedByOurOwn(error)).toBe(false);
    },
  );

  it('is told to whoever calls from outside as it is', async () => {
    expect(await failure('UNAUTHENTICATED', false)).toMatchObject({ reason: 'UNAUTHENTICATED' });
  });

  it('is an error in the log, with the words of the other side', async () => {
    const lines: unknown[] = [];
    const write = (level: string) => (facts: object, msg: string) => void lines.push({ level, ...facts, msg });
    const log = { warn: write('warn'), error: write('error') } as unknown as Logger;
    logFailure(log, (await failure('PEER_NOT_ALLOWED', true)) as ServiceError, { ms: 1 });
    logFailure(log, new ServiceError('SERVICE_UNAVAILABLE', 'away'), { ms: 1 });
    expect(lines).toMatchObject([
      { level: 'error', msg: 'call failed', err: { cause: { message: 'words of the other side' } } },
      { level: 'warn', msg: 'call refused', detail: 'away' },
    ]);
  });
});
