import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { startSqlServerDouble } from '@userferry/testing';
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
    expect(await sandbox.check('function work() {', 'work')).toMatchObject({ problems: [{ name: 'SyntaxError' }] });
    expect(await sandbox.check('function other() {}', 'work')).toMatchObject({ problems: [{ name: 'Error' }] });
    expect(await sandbox.check('async function work() {}', 'work')).toEqual({ problems: [] });
  });

  it('tells what scripts may require, each with its version, and a script can require all of it', async () => {
    const { modules } = sandbox;
    const versions = Object.fromEntries(modules.map(({ name, version }) => [name, version]));
    expect(versions).toMatchObject({ crypto: process.versions.node, util: process.versions.node });
    for (const name of ['bcrypt', 'lodash', 'pg', 'mssql', 'mysql2'] as const) {
      const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
      expect(versions[name]).toBe(version);
    }
    expect(versions['mysql2/promise']).toBe(versions.mysql2);
    const source = `function work(names) { return names.filter((name) => require(name) === undefined); }`;
    const argsJson = JSON.stringify([modules.map(({ name }) => name)]);
    const result = await sandbox.run(
      runOf(source, { argsJson, memoryLimitBytes: 512 * 1024 * 1024, timeoutMs: 30_000 }),
    );
    expect(result).toMatchObject({ outcome: 'completed', resultJson: '[]' });
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
    ['a loop', 'for (;;);'],
    ['a built-in that cannot be stopped', 'const a = []; a.length = 2**32-1; a.indexOf(1);'],
  ])('tells what %s cost that was stopped at its deadline', async (_, body) => {
    const { outcome, usage } = await sandbox.run(runOf(`function work() { ${body} }`, { timeoutMs: 1_500 }));
    expect(outcome).toBe('timed_out');
    expect(usage.cpuMs).toBeGreaterThan(0);
  });

  it.each([
    ['a loop', 'for (;;); function work() {}'],
    ['a growing array', 'const a = []; for (;;) a.push(new Array(1e5).fill(1)); function work() {}'],
  ])('a check ends %s at the top level', async (_, source) => {
    expect((await sandbox.check(source, 'work')).problems).toHaveLength(1);
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

describe('a rule that names a host', () => {
  it('lets through a driver that resolves by itself and connects to the address', async () => {
    await using server = await startSqlServerDouble({ encryption: 'none' });
    const { port, user, password, database } = server;
    const named = { server: 'localhost', port, user, password, database, options: { encrypt: false } };
    const source = `const sql = require('mssql');
      async function work(config) {
        const pool = await new sql.ConnectionPool(config).connect();
        try { return (await pool.request().query('SELECT 1 AS one')).recordset } finally { await pool.close() }
      }`;
    const allow = [{ host: 'localhost', port }];
    const open = await startTestSandbox({ runtimeFolder: REAL_RUNTIME, stateFolder: folder.path, egress: { allow } });
    const run = (config: unknown) => open.run(runOf(source, { argsJson: JSON.stringify([config]) }));
    try {
      expect(await run(named)).toMatchObject({ outcome: 'completed', resultJson: '[{"one":1}]' });
      expect(await run({ ...named, server: '127.0.0.1' })).toMatchObject({ outcome: 'egress_denied' });
    } finally {
      await open.close();
    }
  });
});
