/** The ready-made scripts for SQL Server, in the isolate against the server that MSSQL_URL names, else the double. */
import type { ScriptAction } from '@userferry/script-contract';
import { schemaOf, templateOf } from '@userferry/script-templates';
import { startSqlServer } from '@userferry/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

const server = await startSqlServer();
/** A real server may have a table with the ready-made name: that one is not ours. */
const TABLE = `userferry_ready_made_${process.pid}`;
const ofTable = (text: string): string => text.replaceAll(/ users\b/g, ` ${TABLE}`);
let host: TestHost;
const { config } = server;
const env = {
  DB_HOST: config.server,
  DB_PORT: String(config.port),
  DB_USERNAME: config.user,
  DB_PASSWORD: config.password,
  DB_DATABASE: config.database,
  DB_TRUST_CERTIFICATE: 'true',
};
beforeAll(async () => {
  host = await startHost();
});
afterAll(async () => {
  await remade([]);
  await host?.stop();
  await server.stop();
});

/** What a script returned, or the name of what it threw. */
async function call(action: ScriptAction, ...args: unknown[]): Promise<unknown> {
  const options = { functionName: action, args: [...args, {}], env, timeoutMs: 30_000 };
  const { outcome, resultJson, error } = await host.run(ofTable(templateOf('sqlserver', action)), options);
  if (outcome === 'completed') return JSON.parse(resultJson as string);
  return outcome === 'threw' ? error?.name : outcome;
}

/** Takes the table away, and makes it by those statements. */
async function remade(statements: readonly string[]): Promise<void> {
  const source = `async function login() {
    const sql = require('mssql');
    const pool = await new sql.ConnectionPool(JSON.parse(env.CONFIG)).connect();
    for (const statement of JSON.parse(env.STATEMENTS)) await pool.request().batch(statement);
    await pool.close();
  }`;
  const all = [`DROP TABLE IF EXISTS ${TABLE}`, ...statements];
  const made = await host.run(source, { env: { CONFIG: JSON.stringify(config), STATEMENTS: JSON.stringify(all) } });
  expect(made.error).toBeUndefined();
}
// The double knows no filtered indexes, and nothing here rests on them.
beforeEach(() => remade([ofTable(schemaOf('sqlserver').split(';')[0] ?? '')]));

const NOBODY = { id: null, email: null, phone: null, username: null };
const ANN = { email: 'ann@b.example', username: 'ann', password: 'right' };

describe(`the ready-made scripts, ${server.description}`, () => {
  it.each([1, '1'])('find and change who has the id, be it a number or text: %j', async (id) => {
    expect(await call('createUser', ANN)).toMatchObject({ id: 1, email: ANN.email });
    expect(await call('getUser', { ...NOBODY, id })).toMatchObject({ id: 1, email: ANN.email });
    expect(await call('validatePassword', id, 'right')).toBe(true);
    expect(await call('updateUser', id, { nickname: 'A.' })).toMatchObject({ id: 1, nickname: 'A.' });
    expect(await call('deleteUser', id)).toBe(true);
    expect(await call('getUser', { ...NOBODY, id })).toBeNull();
  });

  it.each(['1abc', ' 1', '0x1', '01', '1.0', '2', '99999999999', '9'.repeat(30)])('find nobody by %j', async (id) => {
    await call('createUser', ANN);
    expect(await call('getUser', { ...NOBODY, id })).toBeNull();
    expect(await call('validatePassword', id, 'right')).toBe('UserNotFoundError');
    expect(await call('updateUser', id, { nickname: 'A.' })).toBe('UserNotFoundError');
    expect(await call('deleteUser', id)).toBe('UserNotFoundError');
    expect(await call('login', { ...NOBODY, email: ANN.email }, 'right')).toMatchObject({ id: 1, nickname: null });
  });
});
