import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  ListPublicIpsRequest,
  ListPublicIpsResponse,
  PublicIpServiceClient,
  type PublicIpServiceServer,
  PublicIpServiceService,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import { createLogger } from '@userferry/process';
import { afterAll, expect, it, vi } from 'vitest';

// grpc-js asks a name server of our choice only when it is told so before it is loaded.
vi.hoisted(() => {
  process.env.GRPC_NODE_USE_ALTERNATIVE_RESOLVER = 'true';
});
const { createClient, createServer, service, serviceTokenAuthenticate } = await import('../index.ts');

const TOKEN = 'a-service-token-of-forty-characters-or-so';
const CONNECTION_AGE_MS = 1_000;
const QUESTION_BYTES_MIN = 12;
const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

/** A name server for which every name has these addresses now. */
const nameServer = async (addresses: readonly string[]): Promise<number> => {
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const end = message.indexOf(0, QUESTION_BYTES_MIN) + 5;
    const found = message.readUInt16BE(end - 4) === 1 ? addresses : [];
    const answers = found.map((each) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...each.split('.').map(Number)]),
    );
    const head = Buffer.from([message[0] ?? 0, message[1] ?? 0, 0x81, 0x80, 0, 1, 0, answers.length, 0, 0, 0, 0]);
    socket.send(Buffer.concat([head, message.subarray(QUESTION_BYTES_MIN, end), ...answers]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  stack.defer(() => void socket.close());
  return (socket.address() as AddressInfo).port;
};

const unused = () => {
  throw new Error('not part of this test');
};

/** A replica that answers with its own address. */
const serve = async (host: string, port: number) => {
  const listPublicIps = async () => ListPublicIpsResponse.fromPartial({ ips: [host] });
  const handlers = { watchPublicIps: unused, reportEgress: unused, listPublicIps };
  const server = await createServer({
    host,
    port,
    services: [service<PublicIpServiceServer>(PublicIpServiceService, handlers)],
    authenticate: serviceTokenAuthenticate([TOKEN]),
    log: createLogger({ service: 'test', level: 'silent' }),
    callMsMax: 5_000,
    connectionAgeMs: CONNECTION_AGE_MS,
  });
  return stack.use(server);
};

// Addresses of the loopback beside the first are Linux's.
it.skipIf(process.platform !== 'linux')(
  'a replica that a name has gained gets its share, and one that it has lost gets none, without a failed call',
  async () => {
    const replicas = ['127.0.0.2', '127.0.0.3'];
    const { port } = await serve('127.0.0.2', 0);
    await serve('127.0.0.3', port);
    const dns = await nameServer(replicas);
    const address = `dns://127.0.0.1:${dns}/replicas.test:${port}`;
    const client = stack.use(createClient(PublicIpServiceClient, { address, token: TOKEN }));
    const answered = async (calls: number) => {
      const call = () => ({ requestId: 'request-1', deadlineMs: Date.now() + 20_000 });
      const answers: string[] = [];
      for (let n = 0; n < calls; n += 1)
        answers.push(...(await client.listPublicIps(ListPublicIpsRequest.fromPartial({}), call())).ips);
      return [...new Set(answers)].sort();
    };
    await expect.poll(() => answered(10)).toEqual(['127.0.0.2', '127.0.0.3']);
    await serve('127.0.0.4', port);
    replicas.splice(0, 1);
    replicas.push('127.0.0.4');
    await expect.poll(() => answered(10), { timeout: 40_000 }).toEqual(['127.0.0.3', '127.0.0.4']);
  },
);
