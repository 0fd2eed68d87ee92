import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

const FINE = 'function login() { return "fine" }';
const LIMITS = { timeoutMs: 20_000, memoryLimitBytes: 64 * 1024 * 1024 };
/** For what does not end. What ends by itself has the time that it takes on a busy machine. */
const ENDLESS = { timeoutMs: 600 };

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
// On a busy machine a host ends whose isolate stops too slowly, as it should: the next case gets another, as a run would.
beforeEach(async () => {
  if (host.child.exitCode !== null || host.child.signalCode !== null) host = await startHost();
});
afterAll(() => host.stop());

const run = (body: string, options: RunOptions = {}) =>
  host.run(`async function login() { ${body} }`, { ...LIMITS, ...options });

/** The connection goes on if another run works, be it in a new host. */
async function expectAlive(): Promise<void> {
  const fine = (): Promise<unknown> => host.run(FINE, { timeoutMs: 20_000 });
  const result = await fine().catch(async () => {
    host = await startHost();
    return fine();
  });
  expect(result).toMatchObject({ outcome: 'completed', resultJson: '"fine"' });
}

describe('a script that does not end', () => {
  it.each([
    ['a loop', 'while (true) {}'],
    ['a loop after an await', 'await new Promise((r) => setTimeout(r, 20)); while (true) {}'],
    ['a loop of microtasks', 'for (;;) await 0'],
    [
      'a chain of promises',
      'const f = () => { Promise.resolve().then(f) }; f(); await new Promise((r) => setTimeout(r, 50))',
    ],
    ['a chain of ticks', 'const f = () => process.nextTick(f); f(); await new Promise((r) => setTimeout(r, 50))'],
    ['a chain of immediates', 'const f = () => setImmediate(f); f(); await new Promise(() => {})'],
    ['a promise that never settles', 'await new Promise(() => {})'],
    ['a regular expression', 'return /^(a+)+$/.test("a".repeat(40) + "b")'],
    ['toJSON', 'return { toJSON() { while (1); } }'],
    ['a thenable', 'return { then() { while (1); } }'],
    ['a getter of its error', 'throw { get message() { while (1); } }'],
    [
      'a getter of a rejection that nobody handles',
      'Promise.reject({ get message() { while (1); } }); await new Promise(() => {})',
    ],
    ['a proxy of its result', 'return new Proxy({}, { ownKeys() { while (1); } })'],
    ['a value that it logs', 'console.log({ get [Symbol.toStringTag]() { while (1); } }); await new Promise(() => {})'],
    ['finally', 'const f = () => { try { f() } finally { f() } }; f()'],
  ])('is stopped at its deadline: %s', async (_what, body) => {
    const { outcome, usage, error } = await run(body, ENDLESS);
    expect(outcome).toBe('timed_out');
    expect(error?.message).toBe('The script did not finish within 600 ms');
    expect(usage.wallMs).toBeGreaterThanOrEqual(550);
    await expectAlive();
  });

  it('is told the line of the loop', async () => {
    // A host that is new has the time to make its first isolate: the deadline comes in the loop.
    await expectAlive();
    const { error } = await host.run('function login() {\n  for (;;) {}\n}', { ...LIMITS, timeoutMs: 2_000 });
    expect(error?.line).toBe(2);
  });

  it('can be cancelled', async () => {
    const result = run('await new Promise(() => {})', { runId: 'to-cancel', timeoutMs: 30_000 });
    host.cancel('to-cancel');
    expect((await result).outcome).toBe('killed');
    await expectAlive();
  });
});

describe('a script that wants too much memory', () => {
  it.each([
    ['objects', 'const a = []; for (;;) a.push(new Array(1000).fill({}).map(() => ({ x: Math.random() })))'],
    ['strings', 'const a = []; for (;;) a.push(("x" + Math.random()).repeat(1e6))'],
    ['buffers', 'const a = []; for (;;) a.push(Buffer.alloc(1e6, 1))'],
    ['typed arrays', 'const a = []; for (;;) a.push(new Uint8Array(2e6).fill(1))'],
  ])('ends as out of memory: %s', async (_what, body) => {
    const { outcome, error } = await run(body, { timeoutMs: 20_000 });
    expect(outcome).toBe('out_of_memory');
    expect(error?.message).toBeTruthy();
    await expectAlive();
  });

  it('may catch a refused buffer and go on', async () => {
    const { outcome, resultJson } = await run('try { new ArrayBuffer(4e9) } catch (e) { return e.name }');
    expect({ outcome, resultJson }).toEqual({ outcome: 'completed', resultJson: '"RangeError"' });
  });

  it('meets the end of the stack as an error', async () => {
    const { resultJson } = await run('const f = () => f(); try { f() } catch (e) { return e.name }');
    expect(resultJson).toBe('"RangeError"');
  });

  it('finds nothing that grows beyond the limit unseen', async () => {
    const { resultJson } = await run(`
      class Own extends ArrayBuffer {}
      const resizable = [];
      for (const make of [ArrayBuffer, new Uint8Array(1).buffer.constructor, Own]) {
        const buffer = new make(1, { maxByteLength: 4e6 });
        resizable.push(buffer.resizable === true, typeof buffer.resize, buffer.byteLength);
      }
      return [typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics, resizable]`);
    const none = [false, 'undefined', 1];
    expect(JSON.parse(resultJson as string)).toEqual([
      'undefined',
      'undefined',
      'undefined',
      [...none, ...none, ...none],
    ]);
  });
});

describe('what an isolate cannot contain', () => {
  it('a built-in that nothing stops: the run times out, then the host ends itself', async () => {
    const own = await startHost();
    const source = 'function login() { const a = []; a.length = 2 ** 32 - 1; a.indexOf(1); return 1 }';
    // A host that is new has the time to make its first isolate: the deadline comes in the built-in.
    expect(await own.run(FINE, LIMITS)).toMatchObject({ outcome: 'completed' });
    expect((await own.run(source, { ...LIMITS, timeoutMs: 2_000 })).outcome).toBe('timed_out');
    expect(await own.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('an isolate that V8 gives up: the run is out of memory, then the host ends itself', async () => {
    const own = await startHost();
    const source = 'function login() { const m = new Map(); for (let i = 0; ; i++) m.set(i, { i }) }';
    expect((await own.run(source, { ...LIMITS, timeoutMs: 30_000 })).outcome).toBe('out_of_memory');
    expect((await own.exited).signal).toMatch(/SIGKILL|SIGABRT/);
  });

  it('ends with its supervisor', async () => {
    const own = await startHost();
    own.child.stdio[4]?.destroy();
    expect((await own.exited).signal).toBe('SIGKILL');
  });
});

describe('a script that floods the bridge', () => {
  it('with log lines: they are dropped', async () => {
    const { outcome, logs } = await run('for (let i = 0; i < 1e5; i++) console.log("x".repeat(1000)); return 1', {
      timeoutMs: 20_000,
    });
    expect(outcome).toBe('completed');
    expect(logs.length).toBeLessThanOrEqual(200);
  });

  it('with log lines for ever: it is stopped', async () => {
    expect((await run('for (;;) console.log("x".repeat(1000))', ENDLESS)).outcome).toBe('timed_out');
  });

  it('with timers: the run ends', async () => {
    const { outcome, error } = await run('for (let i = 0; i < 1e6; i++) setTimeout(() => {}, 1e6); return 1');
    expect(outcome).toBe('quota_exceeded');
    expect(error?.message).toContain('1000 timers');
  });

  it('with hashes: they cost nobody else anything', async () => {
    const body = 'const c = require("crypto"); for (;;) c.createHash("sha256").update("x").digest()';
    expect((await run(body, ENDLESS)).outcome).toBe('timed_out');
    await expectAlive();
  });

  it('with questions: they are refused after a while', async () => {
    const body = 'const b = require("bcrypt"); for (let i = 0; i < 1e6; i++) b.genSaltSync(4)';
    expect((await run(body, { timeoutMs: 60_000 })).outcome).toBe('quota_exceeded');
    await expectAlive();
  });

  it.each([
    ['pbkdf2', 'require("crypto").pbkdf2Sync("p", "s", 3e7, 64, "sha512")'],
    ['asynchronous pbkdf2', 'await require("util").promisify(require("crypto").pbkdf2)("p", "s", 3e7, 64, "sha512")'],
    ['scrypt', 'require("crypto").scryptSync("p", "s", 64, { N: 2 ** 20, r: 16, maxmem: 2 ** 40 })'],
    ['bcrypt', 'await require("bcrypt").hash("p", 15)'],
    ['synchronous bcrypt', 'require("bcrypt").hashSync("p", 25)'],
    ['a bcrypt hash to compare with', 'await require("bcrypt").compare("p", "$2b$17$" + "a".repeat(53))'],
  ])('with costly work: %s above its limit is refused at once', async (_what, body) => {
    const { outcome, error } = await run(body);
    expect(outcome).toBe('quota_exceeded');
    expect(error?.message).toMatch(/above the limit of/);
  });

  it('with a hash that was made with a cost which nobody may make one with here: it is compared with', async () => {
    const hash = `$2b$15$${'a'.repeat(22)}`;
    const { outcome, resultJson } = await run(`return await require('bcrypt').compare('p', '${hash}')`, {
      timeoutMs: 60_000,
    });
    expect([outcome, resultJson]).toEqual(['completed', 'false']);
  });
});

describe('a script that floods the network', () => {
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).pause();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('may hold 64 connections and no more', async () => {
    const body = `const net = require('net');
      for (let i = 0; i < 1000; i++) net.connect(${port}, '127.0.0.1').on('error', () => {});
      await new Promise((r) => setTimeout(r, 500)); return 1`;
    const { outcome, error } = await run(body, { timeoutMs: 10_000 });
    expect(outcome).toBe('quota_exceeded');
    expect(error?.message).toContain('64 connections');
    await expectAlive();
  });

  it('may open 1000 connections one after the other and no more', async () => {
    const body = `const net = require('net');
      for (let i = 0; ; i++) { net.connect(${port}, '127.0.0.1').on('error', () => {}).destroy(); await 0 }`;
    const { outcome, error } = await run(body, { timeoutMs: 10_000 });
    expect(outcome).toBe('quota_exceeded');
    expect(error?.message).toContain('more than 1000 connections');
    await expectAlive();
  });

  it('cannot fill the host with what a server does not read', async () => {
    const body = `const s = require('net').connect(${port}, '127.0.0.1');
      await new Promise((r) => s.on('connect', r));
      const b = Buffer.alloc(1e6); for (;;) s.write(b);`;
    const { outcome } = await run(body, { timeoutMs: 10_000 });
    expect(['quota_exceeded', 'out_of_memory']).toContain(outcome);
    await expectAlive();
  });
});
