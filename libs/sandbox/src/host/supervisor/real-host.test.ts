import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox.ts';
import { REAL_RUNTIME, runOf, startTestSandbox, temporaryFolder } from './testing/test-sandbox.ts';

const folder = temporaryFolder();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ runtimeFolder: REAL_RUNTIME, stateFolder: folder.path });
});
afterAll(async () => {
  await sandbox?.close();
  folder.remove();
});

describe('the built isolate host, behind its walls', () => {
  it('runs a script', async () => {
    const source = 'async function work(a, b) { console.log(env.NAME); return { sum: a + b }; }';
    const result = await sandbox.run(runOf(source, { argsJson: '[1, 2]', env: { NAME: 'x' } }));
    expect(result).toMatchObject({ outcome: 'completed', resultJson: '{"sum":3}', logs: [{ text: 'x' }] });
  });

  it('tells what a script threw, where, with secrets masked', async () => {
    const source = 'function work() {\n  throw new Error("no entry for " + env.KEY);\n}';
    const result = await sandbox.run(runOf(source, { env: { KEY: 'sesame open' }, secretNames: ['KEY'] }));
    expect(result).toMatchObject({ outcome: 'threw', error: { message: 'no entry for [masked]', line: 2 } });
  });

  it('finds mistakes without running', async () => {
    expect(await sandbox.check('function work() {', 'work')).toMatchObject([{ name: 'SyntaxError' }]);
    expect(await sandbox.check('function other() {}', 'work')).toMatchObject([{ name: 'Error' }]);
    expect(await sandbox.check('async function work() {}', 'work')).toEqual([]);
  });

  it.each([
    ['a loop', 'function work() { for (;;); }', ['timed_out']],
    ['a promise that never settles', 'function work() { return new Promise(() => {}); }', ['timed_out']],
    [
      'a built-in that cannot be stopped',
      'function work() { const a = []; a.length = 2**32-1; a.indexOf(1); }',
      ['timed_out'],
    ],
    [
      'a growing array',
      'function work() { const a = []; for (;;) a.push(new Array(1e5).fill(1)); }',
      ['out_of_memory'],
    ],
    [
      'a growing map',
      'function work() { const m = new Map(); for (let i = 0;; i++) m.set(i, { i }); }',
      ['out_of_memory'],
    ],
    ['a huge array', 'function work() { return new Array(2**27).fill(0).length; }', ['out_of_memory', 'timed_out']],
  ])('ends %s, and the connection’s next run works', async (_, source, outcomes) => {
    // What fills the memory gets the time that a busy machine needs for it.
    const timeoutMs = outcomes.includes('timed_out') ? 1500 : 30_000;
    const result = await sandbox.run(runOf(source, { timeoutMs }));
    expect(outcomes).toContain(result.outcome);
    const next = await sandbox.run(runOf('function work() { return 1; }'));
    expect(next.outcome).toBe('completed');
  });

  it.each([
    ['a loop', 'for (;;); function work() {}'],
    ['a growing array', 'const a = []; for (;;) a.push(new Array(1e5).fill(1)); function work() {}'],
  ])('a check ends %s at the top level', async (_, source) => {
    expect(await sandbox.check(source, 'work')).toHaveLength(1);
  });

  it('loopback is refused, and the outcome says so', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const source = `const { Client } = require('pg');
      async function work() { const c = new Client({ host: '127.0.0.1', port: ${port} }); await c.connect(); }`;
    const result = await sandbox.run(runOf(source));
    expect(result).toMatchObject({ outcome: 'egress_denied', error: { code: 'EGRESS_DENIED' } });
    await new Promise((resolve) => server.close(resolve));
  });
});
