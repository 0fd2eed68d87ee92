import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer } from './testing/http-servers.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let port: string;
const sockets: Socket[] = [];
const server = createServer((socket) => {
  sockets.push(socket.on('error', () => undefined));
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = String((server.address() as { port: number }).port);
  host = await startHost();
});
afterAll(async () => {
  await host.stop();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const READY_AGAIN_MS = 400;
let versions = 0;
/** A script of its own for every test: another version, another isolate. */
const script = (body: string): string => `// version ${versions++}\nasync function login(what) { ${body} }`;
/** When the isolate began: nothing that a run does outlives it, so this tells isolates apart. */
const ISOLATE = 'return performance.timeOrigin';

const answersOf = async (source: string, ...whats: readonly string[]): Promise<unknown[]> => {
  const seen: unknown[] = [];
  for (const what of whats) {
    // The isolate of the last run is made ready again after the answer: on a busy machine the next would get another.
    if (seen.length > 0) await sleep(READY_AGAIN_MS);
    // Some of the bad ones never end.
    const timeoutMs = what === 'bad' ? 500 : 20_000;
    seen.push((await host.run(source, { args: [what], env: { PORT: port }, timeoutMs })).resultJson);
  }
  return seen;
};

describe('an isolate', () => {
  it('serves the next run of the same script', async () => {
    const isolates = await answersOf(script(ISOLATE), '', '', '');
    expect(new Set(isolates).size).toBe(1);
  });

  it('does so after a throw of the script', async () => {
    const source = script(`if (what === "throw") throw new Error("no"); ${ISOLATE}`);
    const [before, , after] = await answersOf(source, '', 'throw', '');
    expect(after).toBe(before);
  });

  it('does so although a connection of http was left idle', async () => {
    const service = await startHttpServer();
    const get = `const get = () => new Promise((done) => require('http').get('http://127.0.0.1:' + what + '/hello', (res) => { res.resume(); res.on('end', done) }));`;
    for (const way of [`${get} await get();`, `await require('axios').get('http://127.0.0.1:' + what + '/hello');`]) {
      const source = script(`${way} ${ISOLATE}`);
      const isolates = new Set<unknown>();
      // On a busy machine a run may come before the isolate of the last one is ready again, and get another.
      for (let i = 0; i < 5; i++) isolates.add((await host.run(source, { args: [service.port] })).resultJson);
      expect(isolates.size).toBeLessThan(5);
    }
    await service.stop();
  });

  it.each(['axios', 'lodash/get', 'lodash/fp', 'mongodb', 'mongodb@3', 'mongodb@7', 'mssql', 'mysql2/promise', 'pg'])(
    'does so although it has loaded %s',
    async (name) => {
      const isolates = await answersOf(script(`require('${name}'); ${ISOLATE}`), '', '', '', '');
      // On a busy machine a run may come before the isolate of the last one is ready again, and get another.
      expect(new Set(isolates).size).toBeLessThan(4);
    },
  );

  it('never serves another version of the script', async () => {
    const one = await answersOf(script(ISOLATE), '');
    expect(await answersOf(script(ISOLATE), '')).not.toEqual(one);
  });

  it('never serves a run with another memory limit', async () => {
    const source = script(ISOLATE);
    const { resultJson: one } = await host.run(source);
    const { resultJson: other } = await host.run(source, { memoryLimitBytes: 64 * 1024 * 1024 });
    expect(other).not.toBe(one);
  });

  it.each([
    ['timed out', 'await new Promise(() => {})'],
    ['left a timer', 'setTimeout(() => {}, 60000); return'],
    ['left a connection', "await new Promise((r) => require('net').connect(Number(env.PORT), '127.0.0.1', r)); return"],
    ['patched a built-in', 'Array.prototype.map = null; return'],
    ['threw where nobody catches', 'setTimeout(() => { throw new Error("x") }, 1); await new Promise(() => {})'],
    ['went over a quota', 'return "x".repeat(2e6)'],
  ])('is given up after a run that %s', async (_what, misdeed) => {
    const source = script(`if (what === 'bad') { ${misdeed} } ${ISOLATE}`);
    const [before, , ...after] = await answersOf(source, '', 'bad', '', '', '');
    expect(before).toBeDefined();
    expect(after).toHaveLength(3);
    expect(after).not.toContain(before);
  });
});

describe('the runtime folder', () => {
  it('works wherever it is copied to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'userferry-runtime-'));
    await cp(join(import.meta.dirname, '../../../dist/runtime'), folder, { recursive: true });
    const moved = await startHost({ runtime: folder });
    const { resultJson } = await moved.run(`async function login() { return require('bcrypt').compare('x', 'y') }`);
    expect(resultJson).toBe('false');
    await moved.stop();
    await rm(folder, { recursive: true });
  });
});
