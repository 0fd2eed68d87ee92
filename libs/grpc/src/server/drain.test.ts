import { once } from 'node:events';
import { Client, credentials } from '@grpc/grpc-js';
import {
  type HealthCheckResponse,
  HealthClient,
  HealthCheckResponse_ServingStatus as Status,
} from '@userferry/contracts/grpc/health/v1/health';
import {
  ListPublicIpsRequest,
  ListPublicIpsResponse,
  PublicIpServiceClient,
  type PublicIpServiceServer,
  PublicIpServiceService,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import { createLogger } from '@userferry/process';
import { afterEach, describe, expect, it } from 'vitest';
import { type CallFacts, createClient, createServer, LIVENESS, service, serviceTokenAuthenticate } from '../index.ts';

const TOKEN = 'a-service-token-of-forty-characters-or-so';
const log = createLogger({ service: 'test', level: 'silent' });
const stacks: AsyncDisposableStack[] = [];
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.disposeAsync();
});
const newStack = () => {
  const stack = new AsyncDisposableStack();
  stacks.push(stack);
  return stack;
};

const unused = () => {
  throw new Error('not part of this test');
};
const answerOf = (ip: string) => ListPublicIpsResponse.fromPartial({ ips: [ip] });
const REQUEST = ListPublicIpsRequest.fromPartial({});
const within = (ms: number) => ({ requestId: 'request-1', deadlineMs: Date.now() + ms });

type ListHandler = (request: ListPublicIpsRequest, call: CallFacts) => Promise<ListPublicIpsResponse>;

/** A real server whose one RPC does what the test says. Whoever has to wait for it has a minute. */
const serve = (listPublicIps: ListHandler, port = 0) =>
  createServer({
    host: '127.0.0.1',
    port,
    services: [
      service<PublicIpServiceServer>(PublicIpServiceService, {
        watchPublicIps: unused,
        reportEgress: unused,
        listPublicIps,
      }),
    ],
    authenticate: serviceTokenAuthenticate([TOKEN]),
    log,
    callMsMax: 60_000,
  });

const clientOf = (address: string) => newStack().use(createClient(PublicIpServiceClient, { address, token: TOKEN }));

const healthOf = (port: number) => {
  const client = new HealthClient(`127.0.0.1:${port}`, credentials.createInsecure());
  newStack().defer(() => client.close());
  const check = (name: string) =>
    new Promise((resolve, reject) =>
      client.check({ service: name }, (error, answer) => (error ? reject(error) : resolve(answer.status))),
    );
  return { check, watch: (name: string) => client.watch({ service: name }) };
};

describe('a server that is going', () => {
  it('says NOT_SERVING for good and that it lives, and goes on taking calls', async () => {
    const server = newStack().use(await serve(async () => answerOf('192.0.2.1')));
    const { check } = healthOf(server.port);
    server.announceStop();
    server.setServing(true);
    expect([await check(''), await check(PublicIpServiceClient.serviceName), await check(LIVENESS)]).toEqual([
      Status.NOT_SERVING,
      Status.NOT_SERVING,
      Status.SERVING,
    ]);
    const client = clientOf(`127.0.0.1:${server.port}`);
    expect(await client.listPublicIps(REQUEST, within(10_000))).toMatchObject({ ips: ['192.0.2.1'] });
  });

  it('tells whoever watches its health, and is not kept by them', async () => {
    const server = await serve(unused);
    const told: Status[] = [];
    const watch = healthOf(server.port).watch('');
    watch.on('data', ({ status }: HealthCheckResponse) => told.push(status));
    await once(watch, 'data');
    const ended = once(watch, 'status');
    await server[Symbol.asyncDispose]();
    expect(await ended).toMatchObject([{ code: 0 }]);
    expect(told).toEqual([Status.SERVING, Status.NOT_SERVING]);
  });

  it('is not kept by somebody who has its reflection open', async () => {
    const server = await serve(unused);
    const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
    newStack().defer(() => client.close());
    const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    const same = (bytes: Buffer) => bytes;
    const stream = client.makeBidiStreamRequest(path, same, same);
    stream.write(Buffer.from([0x3a, 0x01, 0x2a]));
    await once(stream, 'data');
    stream.resume();
    const ended = once(stream, 'status');
    await server[Symbol.asyncDispose]();
    expect(await ended).toMatchObject([{ code: 0 }]);
  });

  it('finishes the calls that run, and takes no other', async () => {
    const [begun, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const server = await serve(async () => {
      begun.resolve();
      await release.promise;
      return answerOf('192.0.2.1');
    });
    const client = clientOf(`127.0.0.1:${server.port}`);
    const running = client.listPublicIps(REQUEST, within(50_000));
    await begun.promise;
    const stopped = server[Symbol.asyncDispose]();
    await expect
      .poll(() => client.listPublicIps(REQUEST, within(5_000)).catch((e: unknown) => e))
      .toMatchObject({
        reason: 'SERVICE_UNAVAILABLE',
      });
    release.resolve();
    expect(await running).toMatchObject({ ips: ['192.0.2.1'] });
    await stopped;
  });
});

describe('two replicas of which each is restarted in turn', () => {
  it('lose no call and double none, although no call is repeated', async () => {
    const seen: string[] = [];
    const called = [0, 0];
    const handlerOf =
      (turn: number): ListHandler =>
      async (_, { requestId }) => {
        seen.push(requestId);
        called[turn] = (called[turn] ?? 0) + 1;
        await new Promise((resolve) => setTimeout(resolve, 2));
        return answerOf('192.0.2.1');
      };
    const replicas = [await serve(handlerOf(0)), await serve(handlerOf(1))];
    newStack().defer(async () => {
      for (const replica of replicas) await replica[Symbol.asyncDispose]();
    });
    const ports = replicas.map(({ port }) => port);
    const client = clientOf(`ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`);
    let [going, sent] = [true, 0];
    const caller = async () => {
      while (going) {
        sent += 1;
        await client.listPublicIps(REQUEST, { requestId: `request-${sent}`, deadlineMs: Date.now() + 30_000 });
        // Connections without a running call are what a stopping server might close under one that is on its way.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
      }
    };
    const callers = Promise.all(Array.from({ length: 3 }, caller));
    for (const turn of Array.from({ length: 20 }, (_, n) => n % 2)) {
      // Callers have found it again.
      const before = called[turn] ?? 0;
      await expect.poll(() => called[turn], { interval: 5, timeout: 20_000 }).toBeGreaterThan(before);
      await replicas[1 - turn]?.[Symbol.asyncDispose]();
      replicas[1 - turn] = await serve(handlerOf(1 - turn), ports[1 - turn]);
    }
    going = false;
    await callers;
    expect(seen).toHaveLength(sent);
    expect(new Set(seen).size).toBe(sent);
  });
});
