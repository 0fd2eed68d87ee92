import { once } from 'node:events';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { HealthClient, HealthService } from '@userferry/contracts/grpc/health/v1/health';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from './create-client.ts';

type Call = ServerUnaryCall<unknown, unknown>;
type Answer = (call: Call, answer: sendUnaryData<unknown>) => void;

let stack = new DisposableStack();
const started: Server[] = [];
afterEach(() => {
  stack.dispose();
  stack = new DisposableStack();
  for (const server of started.splice(0)) server.forceShutdown();
});

/** A server of health that answers with whatever bytes it is told to, and a client of it. */
const healthOf = async (check: Answer) => {
  const server = new Server();
  started.push(server);
  const bytes = { ...HealthService.check, responseSerialize: (value: unknown) => value as Buffer };
  server.addService({ check: bytes }, { check });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    ),
  );
  return stack.use(createClient(HealthClient, { address: `127.0.0.1:${port}` }));
};

const inTime = () => ({ requestId: 'request-1', deadlineMs: Date.now() + 5_000 });

describe('a call', () => {
  it('whose answer is no message of it fails as INTERNAL, and does not quote it', async () => {
    const client = await healthOf((_, answer) => answer(null, Buffer.from([0xff, 0xff, 0xff])));
    await expect(client.check({ service: '' }, inTime())).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: 'check: INTERNAL',
    });
  });

  it('whose request cannot be written fails as INTERNAL', async () => {
    const client = await healthOf((_, answer) => answer(null, Buffer.alloc(0)));
    const unwritable = Object.defineProperty({ service: '' }, 'service', {
      get: () => {
        throw new Error('hunter2');
      },
    });
    await expect(client.check(unwritable, inTime())).rejects.toMatchObject({ reason: 'INTERNAL' });
    expect(await client.check({ service: '' }, inTime())).toEqual({ status: 0 });
  });

  it('that its caller gives up is given up at the server, too', async () => {
    const arrived = Promise.withResolvers<Call>();
    const client = await healthOf((call) => arrived.resolve(call));
    const caller = new AbortController();
    const answer = client.check({ service: '' }, { ...inTime(), signal: caller.signal });
    const ended = once(await arrived.promise, 'cancelled');
    caller.abort();
    await expect(answer).rejects.toMatchObject({ reason: 'CANCELLED' });
    await ended;
  });

  it('that nobody answers ends with its deadline', async () => {
    const client = await healthOf(() => undefined);
    const soon = { requestId: 'request-1', deadlineMs: Date.now() + 200 };
    await expect(client.check({ service: '' }, soon)).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });
});
