import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClientReadableStream,
  credentials,
  type ServiceError as GrpcError,
  Metadata,
  status,
} from '@grpc/grpc-js';
import {
  PublicIpServiceClient,
  type PublicIpServiceServer,
  PublicIpServiceService,
  type WatchPublicIpsRequest,
  WatchPublicIpsResponse,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import { ServiceError } from '@userferry/errors';
import { createLogger } from '@userferry/process';
import { afterEach, describe, expect, it } from 'vitest';
import { createServer, type StreamHandler, service, serviceTokenAuthenticate } from '../index.ts';

const TOKEN = 'a-service-token-of-forty-characters-or-so';
const log = createLogger({ service: 'test', level: 'silent' });
const stacks: AsyncDisposableStack[] = [];
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.disposeAsync();
});

type Watch = StreamHandler<WatchPublicIpsRequest, WatchPublicIpsResponse>;

const unused = () => {
  throw new Error('not part of this test');
};

const message = (n: number, bytes = 0): WatchPublicIpsResponse =>
  WatchPublicIpsResponse.fromPartial({
    event: { $case: 'change', value: { removed: [String(n), 'x'.repeat(bytes)], changed: [] } },
  });

const numberOf = ({ event }: WatchPublicIpsResponse): number =>
  event?.$case === 'change' ? Number(event.value.removed[0]) : -1;

/** A real server whose one stream does what the test says, and a real client of it. */
const serve = async (watchPublicIps: Watch, { streamMsMax = 30_000, token = TOKEN } = {}) => {
  const stack = new AsyncDisposableStack();
  stacks.push(stack);
  const handlers = { listPublicIps: unused, reportEgress: unused, watchPublicIps };
  const services = [service<PublicIpServiceServer>(PublicIpServiceService, handlers)];
  const authenticate = serviceTokenAuthenticate([TOKEN]);
  const options = { host: '127.0.0.1', port: 0, services, authenticate, log, callMsMax: 2_000, streamMsMax };
  const server = stack.use(await createServer(options));
  const client = new PublicIpServiceClient(`127.0.0.1:${server.port}`, credentials.createInsecure());
  stack.defer(() => client.close());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const open = (deadlineMs = 30_000) =>
    client.watchPublicIps({ region: '' }, metadata, { deadline: Date.now() + deadlineMs });
  return { server, open };
};

/** The numbers of all messages, and how the stream ended. */
const readAll = async (stream: ClientReadableStream<WatchPublicIpsResponse>) => {
  const numbers: number[] = [];
  try {
    for await (const each of stream) numbers.push(numberOf(each as WatchPublicIpsResponse));
    return { numbers, code: status.OK };
  } catch (error) {
    const { code, details } = error as GrpcError;
    return { numbers, code, details };
  }
};

const waits = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('a stream', () => {
  it('brings every message in order and ends when its handler does', async () => {
    const { open } = await serve(async function* () {
      for (let n = 0; n < 100; n += 1) yield message(n);
    });
    expect(await readAll(open())).toEqual({ numbers: Array.from({ length: 100 }, (_, n) => n), code: status.OK });
  });

  it('asks its handler for no more than a slow caller can take', async () => {
    let made = 0;
    const { open } = await serve(async function* () {
      for (;;) {
        made += 1;
        yield message(made, 64 * 1024);
      }
    });
    const stream = open();
    stream.on('error', () => undefined);
    // One is read first: grpc-js takes in whatever comes to a stream that nobody has begun to read.
    await new Promise((resolve) => stream.once('data', resolve));
    stream.pause();
    const madeMeanwhile = async () => {
      const before = made;
      await sleep(500);
      return made - before;
    };
    await expect.poll(madeMeanwhile).toBe(0);
    stream.cancel();
  });

  it('tells its handler when the caller hangs up, and is over', async () => {
    const ends: string[] = [];
    const { open } = await serve(async function* (_, { signal }) {
      yield message(1);
      await waits(signal);
      ends.push('told');
    });
    const stream = open();
    stream.on('error', () => undefined);
    stream.once('data', () => stream.cancel());
    await expect.poll(() => ends).toEqual(['told']);
  });

  it('is refused without the right token', async () => {
    const { open } = await serve(unused, { token: 'another-token-of-forty-characters-or-more' });
    expect(await readAll(open())).toMatchObject({ numbers: [], code: status.UNAUTHENTICATED });
  });

  it.each(['returns', 'throws'])('whose handler %s is over for all that waits with it', async (how) => {
    const heard: AbortSignal[] = [];
    const { open } = await serve(async function* (_, { signal }) {
      heard.push(signal);
      yield message(1);
      if (how === 'throws') throw new ServiceError('TOO_MANY_WATCHERS', 'come back later');
    });
    expect(await readAll(open())).toMatchObject({ numbers: [1] });
    await expect.poll(() => heard.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('that reaches the server’s own maximum ends with OK; its caller opens it again', async () => {
    const { open } = await serve(
      async function* (_, { signal }) {
        yield message(1);
        await waits(signal);
        yield message(2);
      },
      { streamMsMax: 400 },
    );
    expect(await readAll(open())).toEqual({ numbers: [1], code: status.OK });
  });

  it('that runs into its caller’s deadline is DEADLINE_EXCEEDED', async () => {
    const { open } = await serve(async function* (_, { signal }) {
      yield message(1);
      await waits(signal);
    });
    expect(await readAll(open(3_000))).toMatchObject({ numbers: [1], code: status.DEADLINE_EXCEEDED });
  });

  it('ends at once, as UNAVAILABLE, when the server stops', async () => {
    const { open, server } = await serve(async function* (_, { signal }) {
      yield message(1);
      await waits(signal);
    });
    const stream = open();
    const all = readAll(stream);
    await new Promise((resolve) => stream.once('data', resolve));
    const started = Date.now();
    await server[Symbol.asyncDispose]();
    expect(Date.now() - started).toBeLessThan(8_000);
    expect(await all).toMatchObject({ code: status.UNAVAILABLE });
  });

  it('whose handler fails says why, and nothing that nobody foresaw', async () => {
    const failing = (error: Error): Watch =>
      async function* () {
        yield message(1);
        throw error;
      };
    const known = await serve(failing(new ServiceError('TOO_MANY_WATCHERS', 'come back later')));
    expect(await readAll(known.open())).toMatchObject({
      numbers: [1],
      code: status.RESOURCE_EXHAUSTED,
      details: expect.stringContaining('come back later'),
    });
    const unknown = await serve(failing(new Error('hunter2')));
    expect(await readAll(unknown.open())).toMatchObject({
      code: status.INTERNAL,
      details: expect.not.stringContaining('hunter2'),
    });
  });
});
