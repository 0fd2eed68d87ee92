/** A module that is evaluated in the middle of a run, over patches or near the end of the stack, serves no later run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTarget, type Target } from '../testing/attack.ts';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

/** Time for the isolate of the last run to be ready again: the next run is to get it, if anybody does. */
const READY_AGAIN_MS = 300;

/** What `probe` gives in a run after one of the same script that did `act`, and before which it had no other. */
async function after(act: string, probe: string): Promise<unknown> {
  const body = `const [first] = given; if (first) { ${act}; return 'done' } ${probe}`;
  const run = (first: boolean) =>
    target.attack(body, { args: [first], timeoutMs: 20_000, memoryLimitBytes: 128 * 1024 * 1024 });
  expect(await run(true)).toMatchObject({ outcome: 'completed', resultJson: '"done"' });
  await sleep(READY_AGAIN_MS);
  const { outcome, resultJson, error } = await run(false);
  expect({ outcome, error }).toEqual({ outcome: 'completed', error: undefined });
  return JSON.parse(resultJson as string);
}

/** Asks again and again from ever nearer to the end of the stack, until it is answered once. */
const nearTheEnd = (ask: string): string =>
  `let asked, tries = 0; const dive = () => { try { dive() } catch {} if (!asked && tries++ < 2000) try { asked = ${ask} } catch {} }; dive()`;

describe('near the end of the stack', () => {
  it('bcrypt is asked for, and its function replaced', async () => {
    const probe = `return require('bcrypt').compare('wrong', '$2b$04$abcdefghijklmnopqrstuuW5cQ8cUj1b0Yh2N3S7M1m6n6m0d9x8K')`;
    expect(await after(`${nearTheEnd("require('bcrypt')")}; asked.compare = async () => true`, probe)).toBe(false);
  });

  it.each(['crypto', 'url', 'util', 'zlib', 'http', 'dns', 'path', 'os', 'net', 'assert', 'pg', 'axios'])(
    '%s is asked for',
    async (name) => {
      const ask = `require('${name}')`;
      expect(await after(nearTheEnd(ask), `return Object.keys(${ask}).length > 5`)).toBe(true);
    },
  );

  it.each(['URL', 'structuredClone', 'Blob', 'PerformanceMark', 'Response', 'crypto.subtle'])(
    '%s is touched',
    async (name) => {
      expect(await after(nearTheEnd(name), `return typeof ${name}`)).toMatch(/function|object/);
    },
  );

  it('an honest script meets a value that is nested too deep', async () => {
    const act = `const depth = (n) => n === 0 ? new URL('http://a.example/').hostname : depth(n - 1);
      for (let n = 5000; n < 30000; n += 1) try { depth(n) } catch { break }`;
    expect(await after(act, `return new URL('http://b.example/x').hostname`)).toBe('b.example');
  });
});

describe('over patches that are taken back', () => {
  it('crypto is evaluated by util.types', async () => {
    const act = `const { types } = require('util'), { assign } = Object; let table;
      Object.assign = (to, ...from) => { const all = assign(to, ...from); if (from[0]?.['sha512-256']) table = to; return all };
      types.isKeyObject({}); Object.assign = assign;
      const fixed = { update() { return this }, digest: () => new Uint8Array(32), clone() { return this } };
      if (table) table.sha256 = { create: () => fixed, blockLen: 64, outputLen: 32 }`;
    const probe = `return require('crypto').createHash('sha256').update('password').digest('hex').slice(0, 8)`;
    expect(await after(act, probe)).toBe('5e884898');
  });

  it('URL is evaluated by net.SocketAddress', async () => {
    const act = `const net = require('net'), all = Object.getOwnPropertyDescriptors;
      Object.getOwnPropertyDescriptors = (of) => { const found = all(of); if (found.password?.get) found.password.get = () => 'heard'; return found };
      try { net.SocketAddress.parse('192.0.2.1:5') } finally { Object.getOwnPropertyDescriptors = all }`;
    expect(await after(act, `return new URL('http://u:p@h/').password`)).toBe('p');
  });

  it('util is evaluated by the first error of a Buffer', async () => {
    const act = `const { fromEntries } = Object;
      Object.fromEntries = (list) => { const made = fromEntries([...list]); if (made.isUint8Array) made.isUint8Array = () => 'heard'; return made };
      try { Buffer.alloc('x') } catch {} Object.fromEntries = fromEntries`;
    expect(await after(act, `return require('util').types.isUint8Array(Buffer.from('p'))`)).toBe(true);
  });
});

describe('an isolate', () => {
  const timeOrigin = 'performance.timeOrigin';
  /** Whether the isolate of a first run has served the next one of the same script. */
  const servesOn = async (act: string): Promise<boolean> => {
    const body = `const began = ${timeOrigin}; if (given[0]) { ${act} } return began`;
    const run = (first: boolean) =>
      target.attack(body, { args: [first], timeoutMs: 20_000, memoryLimitBytes: 128 * 1024 * 1024 });
    const first = await run(true);
    expect(first).toMatchObject({ outcome: 'completed' });
    await sleep(READY_AGAIN_MS);
    return (await run(false)).resultJson === first.resultJson;
  };

  const REFUSED = "await require('axios').get('http://127.0.0.1:1/').catch(() => 0)";

  it.each([
    "require('pg'); require('bcrypt'); require('lodash'); require('lodash/get')",
    "require('mysql2/promise')",
    "require('mongodb')",
    "require('mongodb@3')",
    "require('mongodb@7')",
    "require('mssql')",
    REFUSED,
    "await new (require('pg').Client)({ host: '127.0.0.1', port: 1 }).connect().catch(() => 0)",
    "try { require('mysql2').createServer() } catch {}",
    "await require('mysql2/promise').createConnection({ host: '127.0.0.1', port: 1 }).catch(() => 0)",
    "try { Buffer.alloc('x') } catch {} try { require('no-such-module') } catch {}",
    "new Response('x'); structuredClone({}); performance.mark('x'); new Blob(['x'])",
    "for (const name of ['assert', 'crypto', 'http', 'stream', 'stream/web', 'tls', 'url', 'util', 'zlib']) require(name)",
  ])('serves on after %s', async (act) => {
    expect(await servesOn(act)).toBe(true);
  });

  it.each([
    ['assert', 'assert/strict'],
    ['assert/strict', 'assert'],
  ])('has of %s and %s what Node documents in each run, not in the first alone', async (first, second) => {
    const keys = `['${first}', '${second}'].map((name) => Reflect.ownKeys(require(name)).length)`;
    expect(await after(keys, `return ${keys}`)).toEqual(await after('', `return ${keys}`));
  });

  it('serves nobody else after a part of a package was evaluated over patches', async () => {
    // It has a part for servers, which no script can have.
    const serve = `try { mysql.createServer() } catch {}`;
    const patched = `const mysql = require('mysql2'), { keys } = Object; Object.keys = (of) => keys(of); ${serve} Object.keys = keys`;
    expect(await servesOn(patched)).toBe(false);
  });
});
