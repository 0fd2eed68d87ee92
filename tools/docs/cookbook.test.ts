import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type SandboxSession } from '../userferry/sandbox-session.ts';
import type { Seed } from '../userferry/seed/seed.ts';
import { startSeed } from '../userferry/seed/start-seed.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/cookbook.md'), 'utf8');

/** A block with the comments before it that say how it is to be tried. */
type Recipe = { readonly title: string; readonly tries: readonly string[]; readonly source: string };

const recipes: readonly Recipe[] = PAGE.split(/^#{2,3} /m).flatMap((section) =>
  [...section.matchAll(/((?:<!-- .* -->\n)+)```js\n(.*?)```/gs)].map(([, comments = '', source = '']) => ({
    title: section.split('\n')[0] ?? '',
    tries: [...comments.matchAll(/<!-- (.*) -->/g)].map(([, text = '']) => text),
    source,
  })),
);

let sandbox: SandboxSession;
let seed: Seed;
const stack = new AsyncDisposableStack();
let apiUrl = '';
const users = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const { email, password } = JSON.parse(body);
    const status = email !== 'ada@example.com' ? 404 : password === 'ada-Secret-1' ? 200 : 401;
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ user: { id: 'u1', email } }));
  });
});

beforeAll(async () => {
  seed = stack.use(await startSeed('postgresql', import.meta.dirname));
  await new Promise<void>((done) => users.listen(0, '127.0.0.1', done));
  stack.defer(() => void users.close());
  const { port } = users.address() as AddressInfo;
  apiUrl = `http://127.0.0.1:${port}`;
  sandbox = stack.use(await openSandbox([...seed.allow, { host: '127.0.0.1', port }]));
});
afterAll(() => stack.disposeAsync());

const run = (source: string, functionName: string, args: readonly unknown[], env = {}) =>
  sandbox.run({
    ...{ source, functionName, args, language: 'javascript' as const },
    env: { ...seed.env, SECOND_URI: seed.uri, API_URL: apiUrl, ...env },
    timeoutMs: 20_000,
    memoryLimitBytes: 256 * 2 ** 20,
  });

const hashes = recipes.flatMap(({ title, tries, source }) =>
  tries
    .filter((text) => text.startsWith('call: '))
    .map((text): [string, string, [string, ...unknown[]], Record<string, string>] => {
      const [, args = '', name, value = ''] = /^call: verify (.*?)(?: env: (\w+)=(.*))?$/.exec(text) ?? [];
      return [title, source, JSON.parse(args), name === undefined ? {} : { [name]: value }];
    }),
);

describe('a recipe for a hash', () => {
  it.each(hashes)('%s: knows the right password, and no other', async (_, source, [password, ...stored], env) => {
    const verify = (...args: readonly unknown[]) => run(source, 'verify', args, env);
    expect(await verify(password, ...stored)).toMatchObject({
      outcome: 'completed',
      resultJson: 'true',
    });
    expect(await verify(`${password}!`, ...stored)).toMatchObject({ resultJson: 'false' });
    expect(await verify(password, 'not of this kind', '')).toMatchObject({ resultJson: 'false' });
  });
});

const logins = recipes.filter(({ tries }) => tries[0]?.startsWith('run: login '));

describe('a recipe for a login', () => {
  it.each(logins.map(({ title, tries, source }): [string, string, string] => [title, tries[0] ?? '', source]))(
    '%s: lets the right user in, and no other',
    async (_, how, source) => {
      const sql = /sql: (.*)$/.exec(how)?.[1];
      if (sql !== undefined) await statement(sql);
      const args = JSON.parse(/^run: login (\[.*\])/.exec(how)?.[1] ?? '');
      const good = await run(source, 'login', args);
      expect(good).toMatchObject({ outcome: 'completed', logs: [] });
      expect(JSON.parse(good.resultJson ?? '')).toMatchObject({ email: 'ada@example.com' });
      const [query, , context] = args;
      expect(await run(source, 'login', [query, 'wrong', context])).toMatchObject({
        error: { name: 'WrongUsernameOrPasswordError' },
      });
      expect(await run(source, 'login', [{ ...query, email: 'nobody@example.com' }, 'wrong', context])).toMatchObject({
        error: { name: 'UserNotFoundError' },
      });
    },
  );

  it('of dates takes a time without a zone as of the zone that it names, and moves no birthday', async () => {
    const source = logins.find(({ title }) => title === 'Dates and times')?.source ?? '';
    const { resultJson } = await run(source, 'login', [{ email: 'ada@example.com' }, 'ada-Secret-1', {}]);
    expect(JSON.parse(resultJson ?? '')).toMatchObject({
      birthdate: '1815-12-10',
      signedUp: '2024-07-01T04:00:00.000Z',
    });
  });

  it('marks as migrated whom it let in', async () => {
    const rows = await statement('SELECT email FROM users WHERE migrated_at IS NOT NULL');
    expect(rows).toEqual([{ email: 'ada@example.com' }]);
  });
});

const statement = async (sql: string): Promise<readonly unknown[]> => {
  const client = new pg.Client({ connectionString: seed.uri });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

it('no block of the page is left out', () => {
  expect(recipes.length).toBe(PAGE.match(/^```js$/gm)?.length);
  expect([hashes.length, logins.length]).toEqual([43, 4]);
});
