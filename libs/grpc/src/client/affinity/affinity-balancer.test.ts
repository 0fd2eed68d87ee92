import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import {
  ListPublicIpsRequest,
  ListPublicIpsResponse,
  PublicIpServiceClient,
  type PublicIpServiceServer,
  PublicIpServiceService,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import { createLogger } from '@userferry/process';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient, createServer, type PromiseClient, service, serviceTokenAuthenticate } from '../../index.ts';
import type { Affinity } from './affinity.ts';

const TOKEN = 'a-service-token-of-forty-characters-or-so';
const log = createLogger({ service: 'test', level: 'silent' });
const KEYS = Array.from({ length: 60 }, (_, n) => `connection-${n}`);
const HOME = { choice: 0 };

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const unused = () => {
  throw new Error('not part of this test');
};

type Replica = { readonly port: number; readonly stop: () => Promise<void> };

/** A replica that answers with its port, as soon as `open` has happened. */
const serve = async (port = 0, open: Promise<void> = Promise.resolve()): Promise<Replica> => {
  const own = { port };
  const listPublicIps = async () => {
    await open;
    return ListPublicIpsResponse.fromPartial({ ips: [String(own.port)] });
  };
  const server = await createServer({
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
    callMsMax: 20_000,
  });
  const stop = async () => server[Symbol.asyncDispose]();
  stack.defer(stop);
  own.port = server.port;
  return { port: server.port, stop };
};

const clientOf = (replicas: readonly Pick<Replica, 'port'>[]) =>
  stack.use(
    createClient(PublicIpServiceClient, {
      address: `ipv4:${replicas.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
      token: TOKEN,
      hasAffinity: true,
    }),
  );

type Client = PromiseClient<PublicIpServiceClient>;

const answerTo = async (client: Client, affinity?: Affinity, signal?: AbortSignal): Promise<number> => {
  const call = { requestId: 'request-1', deadlineMs: Date.now() + 20_000 };
  const context = { ...call, ...(affinity && { affinity }), ...(signal && { signal }) };
  return Number((await client.listPublicIps(ListPublicIpsRequest.fromPartial({}), context)).ips[0]);
};

/** Which replica is each key's home. */
const homes = async (client: Client): Promise<Map<string, number>> => {
  const found = new Map<string, number>();
  for (const key of KEYS) found.set(key, await answerTo(client, { key, ...HOME }));
  return found;
};

const isWhole = (client: Client, replicas: number) =>
  expect.poll(async () => new Set((await homes(client)).values()).size, { timeout: 10_000 }).toBe(replicas);

describe('calls of one key', () => {
  it('go to one replica, and those of many keys to all; whoever knows the same replicas asks the same one', async () => {
    const replicas = [await serve(), await serve(), await serve()];
    const one = clientOf(replicas);
    const other = clientOf(replicas.toReversed());
    await isWhole(one, 3);
    await isWhole(other, 3);
    const found = await homes(one);
    expect(await homes(one)).toEqual(found);
    expect(await homes(other)).toEqual(found);
  });

  it('find their replica from the first one on', async () => {
    const replicas = [await serve(), await serve(), await serve()];
    const before = clientOf(replicas);
    await isWhole(before, 3);
    const found = await homes(before);
    const [key = '', home] = [...found].find(([, port]) => port === replicas[2]?.port) ?? [];
    for (let n = 0; n < 5; n += 1) expect(await answerTo(clientOf(replicas), { key, ...HOME })).toBe(home);
  });

  it('wait for nobody who cannot be connected to', async () => {
    const { port } = await serve();
    // TEST-NET-1 (RFC 5737): nobody answers, or the machine says at once that there is no way.
    const client = stack.use(
      createClient(PublicIpServiceClient, {
        ...{ address: `ipv4:192.0.2.1:9,127.0.0.1:${port}`, token: TOKEN, hasAffinity: true },
      }),
    );
    for (const key of KEYS.slice(0, 5)) expect(await answerTo(client, { key, ...HOME })).toBe(port);
  });

  it('go elsewhere while their replica is gone, and no others do; they come back with it', async () => {
    const [gone, ...left] = [await serve(), await serve(), await serve()];
    const client = clientOf([gone as Replica, ...left]);
    await isWhole(client, 3);
    const before = await homes(client);
    await gone?.stop();
    const without = await homes(client);
    for (const [key, port] of before)
      if (port === gone?.port) expect(left.map((each) => each.port)).toContain(without.get(key));
      else expect(without.get(key)).toBe(port);
    await serve(gone?.port);
    await expect.poll(() => homes(client), { timeout: 10_000 }).toEqual(before);
  });

  it('go to the next replica of their order for each that was asked before, and then to the first again', async () => {
    const client = clientOf([await serve(), await serve(), await serve()]);
    await isWhole(client, 3);
    const asked = await Promise.all([0, 1, 2, 3].map((choice) => answerTo(client, { key: 'connection', choice })));
    expect(new Set(asked.slice(0, 3)).size).toBe(3);
    expect(asked[3]).toBe(asked[0]);
  });

  it('fail at once as not begun where only another replica would do, and there is none', async () => {
    const client = clientOf([await serve()]);
    const affinity = { key: 'connection', choice: 1 };
    expect(await answerTo(client, affinity)).toBeGreaterThan(0);
    await expect(answerTo(client, { ...affinity, isOnlyOther: true })).rejects.toMatchObject({
      reason: 'SERVICE_UNAVAILABLE',
      metadata: { begun: 'no' },
    });
  });

  it('that are more at a time than one replica does go on to others, and only as many', async () => {
    const replicas = [await serve(), await serve(), await serve()];
    const client = clientOf(replicas);
    await isWhole(client, 3);
    const atOnce = async (calls: number) => {
      const answers = await Promise.all(
        Array.from({ length: calls }, () => answerTo(client, { key: 'connection', ...HOME })),
      );
      return replicas.map(({ port }) => answers.filter((each) => each === port).length).sort((a, b) => b - a);
    };
    expect(await atOnce(4)).toEqual([4, 0, 0]);
    expect(await atOnce(6)).toEqual([4, 2, 0]);
    expect(await atOnce(15)).toEqual([5, 5, 5]);
    expect(await atOnce(4), 'what has ended counts no more').toEqual([4, 0, 0]);
  });
});

it('a call that was given up is no longer under way', async () => {
  const open = Promise.withResolvers<void>();
  const replicas = [await serve(0, open.promise), await serve(0, open.promise)];
  const client = clientOf(replicas);
  const affinity = { key: 'connection', ...HOME };
  await expect(answerTo(client, affinity, AbortSignal.timeout(500))).rejects.toMatchObject({ reason: 'CANCELLED' });
  const given = Array.from({ length: 20 }, () => answerTo(client, affinity, AbortSignal.timeout(300)));
  expect((await Promise.allSettled(given)).map(({ status }) => status)).toEqual(given.map(() => 'rejected'));
  open.resolve();
  const answers = await Promise.all(Array.from({ length: 4 }, () => answerTo(client, affinity)));
  expect(new Set(answers).size).toBe(1);
});

describe('a client whose calls may have an affinity', () => {
  it('sends those that have none to each replica in turn', async () => {
    const replicas = [await serve(), await serve()];
    const client = clientOf(replicas);
    await isWhole(client, 2);
    const answers = [await answerTo(client), await answerTo(client), await answerTo(client), await answerTo(client)];
    expect(answers.slice(2)).toEqual(answers.slice(0, 2));
    expect(new Set(answers).size).toBe(2);
  });

  it('finds no replica, says so, and finds the one that comes', async () => {
    const { port, stop } = await serve();
    await stop();
    const client = clientOf([{ port }]);
    const affinity = { key: 'connection', ...HOME };
    await expect(answerTo(client, affinity)).rejects.toMatchObject({ reason: 'SERVICE_UNAVAILABLE' });
    await serve(port);
    await expect.poll(() => answerTo(client, affinity).catch(() => 0), { timeout: 10_000 }).toBe(port);
  });

  it('tells no replica of it', async () => {
    const seen: Metadata[] = [];
    const server = new Server();
    server.addService(PublicIpServiceService, {
      watchPublicIps: unused,
      reportEgress: unused,
      listPublicIps: ({ metadata }: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) => {
        seen.push(metadata);
        answer(null, ListPublicIpsResponse.fromPartial({ ips: ['1'] }));
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    stack.defer(() => server.forceShutdown());
    await answerTo(clientOf([{ port }]), { key: 'connection', choice: 0, isOnlyOther: true });
    expect(
      seen.map((metadata) => Object.keys(metadata.getMap()).filter((name) => name.startsWith('affinity'))),
    ).toEqual([[]]);
    expect(seen[0]).toBeInstanceOf(Metadata);
  });
});
