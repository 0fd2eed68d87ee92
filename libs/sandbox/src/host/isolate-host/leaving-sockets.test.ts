/** Servers that do not hear that their driver has taken leave: what that costs a run, and whoever waits for its result. */
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Result, type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

const READY = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1');
const DONE = Buffer.from('C\0\0\0\x08OK \0Z\0\0\0\x05I', 'latin1');
const QUERY = 'Q'.charCodeAt(0);

/** On a busy machine a run may be late for other reasons, but not always. */
const RARELY_SLOW = { timeout: 20_000, interval: 1 };

let host: TestHost;
const servers: Server[] = [];
let ports: { deaf: number; polite: number };

/** As much of PostgreSQL as a login without a password needs; `isDeaf`: it never closes a connection. */
async function servePg(isDeaf: boolean): Promise<number> {
  const server = createServer({ allowHalfOpen: isDeaf }, (client) => {
    let answer = READY;
    client
      .on('error', () => undefined)
      .on('data', (bytes: Buffer) => {
        if (answer === READY || bytes[0] === QUERY) client.write(answer);
        answer = DONE;
      });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  ports = { deaf: await servePg(true), polite: await servePg(false) };
  host = await startHost();
  await run('const c = await open(ports.polite); await c.end()');
});
afterAll(async () => {
  await host.stop();
  for (const server of servers) server.close();
});

const OPEN = `const open = async (port) => {
  const { Client } = require('pg'); const c = new Client({ host: '127.0.0.1', port, user: 'u', database: 'd' });
  c.on('error', () => {}); await c.connect(); await c.query('SELECT 1'); return c;
};`;

async function run(code: string, options: RunOptions = {}): Promise<Result & { readonly tookMs: number }> {
  const startedAt = performance.now();
  const source = `${OPEN} async function login(ports) { ${code} }`;
  const result = await host.run(source, { args: [ports], reuse: undefined, ...options });
  return { ...result, tookMs: performance.now() - startedAt };
}

it('does not keep a run from its next connection for ever', async () => {
  const code = 'const c = await open(ports.deaf); c.end(); const d = await open(ports.polite); await d.end(); return 1';
  expect(await run(code, { timeoutMs: 4000 })).toMatchObject({ outcome: 'completed', resultJson: '1' });
});

it('does not keep a result past the deadline: the supervisor would take the host for stuck', async () => {
  const code = `const until = Date.now() + 1450; const c = await open(ports.deaf);
    await new Promise((ok) => setTimeout(ok, until - Date.now())); await c.end(); return 1`;
  const tookMs = async () => {
    const { outcome, tookMs } = await run(code, { timeoutMs: 1500 });
    return outcome === 'completed' ? tookMs : Number.POSITIVE_INFINITY;
  };
  await expect.poll(tookMs, RARELY_SLOW).toBeLessThan(1600);
});

it('does not keep the result of a run that is given up', async () => {
  let runs = 0;
  const tookMs = async () => {
    const runId = `given-up-${runs++}`;
    const held = run('const c = await open(ports.deaf); c.end(); return 1', { runId });
    setTimeout(() => host.cancel(runId), 60);
    return (await held).tookMs;
  };
  await expect.poll(tookMs, RARELY_SLOW).toBeLessThan(200);
});
