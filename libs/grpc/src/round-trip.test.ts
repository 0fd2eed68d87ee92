import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, credentials, type ServiceError as GrpcError, Metadata, status } from '@grpc/grpc-js';
import {
  ListPublicIpsRequest,
  ListPublicIpsResponse,
  PublicIpServiceClient,
  type PublicIpServiceServer,
  PublicIpServiceService,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import { ServiceError } from '@userferry/errors';
import { createLogger } from '@userferry/process';
import { afterEach, describe, expect, it } from 'vitest';
import { type CallFacts, createClient, createServer, service, serviceTokenAuthenticate } from './index.ts';

const unused = () => {
  throw new Error('not part of this test');
};
const UNUSED = { watchPublicIps: unused, reportEgress: unused };
const TOKEN = 'a-service-token-of-forty-characters-or-so';
const log = createLogger({ service: 'test', level: 'silent' });
const stacks: AsyncDisposableStack[] = [];

afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.disposeAsync();
});

type ListHandler = (request: ListPublicIpsRequest, call: CallFacts) => Promise<ListPublicIpsResponse>;

/** A real server whose one RPC does what the test says, and a real client of it. */
const serve = async (listPublicIps: ListHandler, token = TOKEN, healthFacts = {}) => {
  const stack = new AsyncDisposableStack();
  stacks.push(stack);
  const services = [service<PublicIpServiceServer>(PublicIpServiceService, { ...UNUSED, listPublicIps })];
  const authenticate = serviceTokenAuthenticate([TOKEN]);
  const server = stack.use(
    await createServer({ host: '127.0.0.1', port: 0, services, authenticate, log, callMsMax: 2_000, healthFacts }),
  );
  const client = stack.use(createClient(PublicIpServiceClient, { address: `127.0.0.1:${server.port}`, token }));
  return { server, client };
};

const inMs = (ms: number, requestId = 'request-1') => ({ requestId, deadlineMs: Date.now() + ms });
const REQUEST = ListPublicIpsRequest.fromPartial({});
const answerOf = (ip: string) => ListPublicIpsResponse.fromPartial({ ips: [ip] });
const answer = answerOf('192.0.2.1');

it('a server says in the words of the system why it cannot listen', async () => {
  const { server } = await serve(async () => answer);
  const options = {
    host: '127.0.0.1',
    services: [],
    authenticate: serviceTokenAuthenticate([TOKEN]),
    log,
    callMsMax: 1_000,
  };
  await expect(createServer({ ...options, port: server.port })).rejects.toThrow(
    `cannot listen on 127.0.0.1:${server.port}: address already in use (EADDRINUSE)`,
  );
});

describe('a call', () => {
  it('brings the answer back', async () => {
    const { client } = await serve(async () => answer);
    expect((await client.listPublicIps(REQUEST, inMs(5_000))).ips).toEqual(['192.0.2.1']);
  });

  it('carries its request id through', async () => {
    const { client } = await serve(async (_, call) => answerOf(call.requestId));
    expect((await client.listPublicIps(REQUEST, inMs(5_000, 'request-42'))).ips).toEqual(['request-42']);
  });

  it('is refused without the right token', async () => {
    const { client } = await serve(async () => answer, 'another-token-of-forty-characters-or-more');
    await expect(client.listPublicIps(REQUEST, inMs(5_000))).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
  });

  it('is taken with any of the tokens that are known', async () => {
    const next = 'the-token-that-follows-it-of-forty-or-so';
    const authenticate = serviceTokenAuthenticate([TOKEN, next]);
    const metadata = (token: string) => {
      const made = new Metadata();
      made.set('authorization', `Bearer ${token}`);
      return made;
    };
    for (const token of [TOKEN, next]) expect(await authenticate(metadata(token))).toMatchObject({ role: 'service' });
    for (const token of [`${TOKEN},${next}`, `${TOKEN}x`])
      await expect(authenticate(metadata(token))).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
  });

  it('that is no message is the caller’s mistake, told without the parser’s words, and only to who may call', async () => {
    const { server } = await serve(async () => answer);
    const raw = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
    const same = (bytes: Buffer) => bytes;
    const { path } = PublicIpServiceService.listPublicIps;
    const send = (token: string, bytes = Buffer.from('ffff', 'hex')) => {
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${token}`);
      return new Promise<GrpcError | null>((resolve) => {
        raw.makeUnaryRequest(path, same, same, bytes, metadata, {}, resolve);
      });
    };
    const [known, unknown] = [await send(TOKEN), await send('somebody-else')];
    const latin = await send(TOKEN, Buffer.from([0x0a, 3, 0x61, 0xe4, 0x62]));
    raw.close();
    expect([known?.code, unknown?.code]).toEqual([status.INVALID_ARGUMENT, status.UNAUTHENTICATED]);
    for (const refused of [known, latin]) expect(refused?.details).toBe('the request is no message of this call');
  });

  it('is not begun with less than 100 ms left', async () => {
    let begun = false;
    const { client } = await serve(async () => {
      begun = true;
      return answer;
    });
    await client.listPublicIps(REQUEST, inMs(5_000));
    begun = false;
    await expect(client.listPublicIps(REQUEST, inMs(90))).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    expect(begun).toBe(false);
  });

  it('ends at the server’s own maximum even when its caller would wait longer, and tells the handler', async () => {
    let aborted = false;
    const { client } = await serve((_, call) => {
      call.signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise(() => {});
    });
    await expect(client.listPublicIps(REQUEST, inMs(30_000))).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    expect(aborted).toBe(true);
  });

  it('that was answered is over: nothing of it aborts when its caller, and then its deadline, has gone', async () => {
    const signals: AbortSignal[] = [];
    const { client } = await serve(async (_, { signal }) => {
      signals.push(signal);
      return answer;
    });
    await client.listPublicIps(REQUEST, inMs(300));
    client[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});

describe('an error', () => {
  it('arrives with reason, message and metadata, and without its cause', async () => {
    const { client } = await serve(async () => {
      throw new ServiceError('USER_POOL_NOT_FOUND', 'no user pool has that id', {
        metadata: { user_pool_id: 'p1' },
        cause: new Error('hunter2'),
      });
    });
    const error = await client.listPublicIps(REQUEST, inMs(5_000)).catch((thrown: unknown) => thrown as ServiceError);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({
      reason: 'USER_POOL_NOT_FOUND',
      message: 'no user pool has that id',
      metadata: { user_pool_id: 'p1' },
    });
    expect(JSON.stringify((error as ServiceError).cause)).not.toContain('hunter2');
  });

  it('that nobody foresaw tells nothing', async () => {
    const { client } = await serve(async () => {
      throw new Error('hunter2');
    });
    await expect(client.listPublicIps(REQUEST, inMs(5_000))).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: 'internal error',
    });
  });

  it('with a huge message and huge metadata still arrives, cut', async () => {
    const { client } = await serve(async () => {
      throw new ServiceError('INVALID_ARGUMENT', 'ä'.repeat(100_000), { metadata: { field: 'x'.repeat(100_000) } });
    });
    const error = await client.listPublicIps(REQUEST, inMs(5_000)).catch((thrown: unknown) => thrown as ServiceError);
    expect(error).toMatchObject({ reason: 'INVALID_ARGUMENT' });
    expect(Buffer.byteLength((error as ServiceError).message)).toBeLessThanOrEqual(1024);
  });

  it.each([
    ['an answer', REQUEST, answerOf('x'.repeat(4 * 1024 * 1024)), /larger than 4 MiB: ask for less/],
    ['a request', { ...REQUEST, region: 'x'.repeat(4 * 1024 * 1024) }, answer, /RESOURCE_EXHAUSTED/],
  ])('of %s that is larger than a message may be is MESSAGE_TOO_LARGE', async (_, request, told, message) => {
    const { client } = await serve(async () => told);
    const refused = { reason: 'MESSAGE_TOO_LARGE', message: expect.stringMatching(message) };
    await expect(client.listPublicIps(request, inMs(5_000))).rejects.toMatchObject(refused);
    const { client: next } = await serve(async () => answerOf('x'.repeat(4 * 1024 * 1024 - 10)));
    expect((await next.listPublicIps(REQUEST, inMs(5_000))).ips).toHaveLength(1);
  });

  it('of a server that is not there is SERVICE_UNAVAILABLE, in words', async () => {
    const { client, server } = await serve(async () => answer);
    await server[Symbol.asyncDispose]();
    const message = 'listPublicIps: the service is not there, or was lost before it answered';
    const refused = { reason: 'SERVICE_UNAVAILABLE', message };
    await expect(client.listPublicIps(REQUEST, inMs(1_000))).rejects.toMatchObject(refused);
  });

  it('of a client that was closed is SERVICE_UNAVAILABLE, and says so', async () => {
    const { client } = await serve(async () => answer);
    client[Symbol.dispose]();
    const refused = { reason: 'SERVICE_UNAVAILABLE', message: 'listPublicIps: its client was closed' };
    await expect(client.listPublicIps(REQUEST, inMs(1_000))).rejects.toMatchObject(refused);
  });
});

describe('a client that nobody here wrote', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const buf = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(`${root}node_modules/.bin/buf`, [
      'curl',
      '--protocol',
      'grpc',
      '--http2-prior-knowledge',
      ...args,
    ]);
    return stdout;
  };

  it('lists and calls the methods by reflection alone', async () => {
    const { server } = await serve(async () => answer);
    const url = `http://127.0.0.1:${server.port}`;
    expect(await buf('--list-methods', url)).toContain('userferry.publicip.v1.PublicIpService/ListPublicIps');
    const called = await buf(
      '-H',
      `authorization: Bearer ${TOKEN}`,
      '-d',
      '{}',
      `${url}/userferry.publicip.v1.PublicIpService/ListPublicIps`,
    );
    expect(JSON.parse(called)).toEqual({ ips: ['192.0.2.1'] });
  });

  it('finds the health service, which needs no key', async () => {
    const { server } = await serve(async () => answer);
    const check = () => buf('-d', '{}', `http://127.0.0.1:${server.port}/grpc.health.v1.Health/Check`);
    expect(JSON.parse(await check())).toEqual({ status: 'SERVING' });
    server.setServing(false);
    expect(JSON.parse(await check())).toEqual({ status: 'NOT_SERVING' });
  });

  it('finds by name in the health service what the server says of itself', async () => {
    const { server } = await serve(async () => answer, TOKEN, { 'stands/yes': true, 'stands/no': false });
    const url = `http://127.0.0.1:${server.port}/grpc.health.v1.Health/Check`;
    const check = async (service: string) => JSON.parse(await buf('-d', JSON.stringify({ service }), url));
    expect(await check('stands/yes')).toEqual({ status: 'SERVING' });
    expect(await check('stands/no')).toEqual({ status: 'NOT_SERVING' });
    server.setServing(false);
    expect(await check('stands/yes')).toEqual({ status: 'NOT_SERVING' });
  });
});
