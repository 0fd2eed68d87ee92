import { createServer as createTcpServer } from 'node:net';
import { createLogger } from '@userferry/process';
import { describe, expect, it } from 'vitest';
import { createServer } from '../server/create-server.ts';
import { checkHealth } from './check-health.ts';

const start = (host: string) =>
  createServer({
    host,
    port: 0,
    services: [],
    authenticate: async () => ({ name: 'nobody' }) as never,
    log: createLogger({ service: 'test', level: 'silent' }),
    callMsMax: 1_000,
  });

describe('a check of health', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::', '::1'])('of a server on %s follows what it says of itself', async (host) => {
    await using server = await start(host);
    const question = { host, port: server.port, timeoutMs: 10_000 };
    expect(await checkHealth(question)).toBe(true);
    server.setServing(false);
    expect(await checkHealth(question)).toBe(false);
    server.setServing(true);
    expect(await checkHealth(question)).toBe(true);
  });

  it('is a no where nobody listens, and where somebody listens who says nothing', async () => {
    const { port } = await start('127.0.0.1').then(async (server) => {
      await server[Symbol.asyncDispose]();
      return server;
    });
    expect(await checkHealth({ host: '127.0.0.1', port, timeoutMs: 2_000 })).toBe(false);
    const mute = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    const address = mute.address() as { port: number };
    expect(await checkHealth({ host: '127.0.0.1', port: address.port, timeoutMs: 300 })).toBe(false);
    mute.close();
  });
});
