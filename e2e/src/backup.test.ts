import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeleteUserRequest } from '@userferry/contracts/identity/v1/identity_service';
import { findPostgresInstallation, type LocalPostgres, startPostgres } from '@userferry/local-databases';
import type { ScriptAction } from '@userferry/script-contract';
import { templateOf } from '@userferry/script-templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byEmail, type Caller, createCaller, reasonOf } from './legacy/caller.ts';
import { createCompany, identityAt, inTime, type LegacyCompany } from './legacy/connect-company.ts';
import { type LegacyShop, startLegacyShop } from './legacy/legacy-shop.ts';
import { createUserferry, dumpStore, type Userferry } from './world.ts';

const run = promisify(execFile);
const secret = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD_KEY, NEW_KEY, PEPPER] = [secret('old-key'), secret('new-key'), secret('pepper-1')];
const installation = findPostgresInstallation();
const name = 'a backup by the pg_dump of this machine';

describe.skipIf(installation === undefined)(name, () => {
  const tools = installation as NonNullable<typeof installation>;
  const stack = new AsyncDisposableStack();
  const startStore = () => startPostgres({ installation: tools.folder });
  const person = (username: string) => ({
    username,
    email: `${username}@shop.example`,
    password: `${username}-Secret-1`,
  });
  const [EARLY, DELETED_BEFORE, DELETED_AFTER, LATE] = ['early', 'deleted-before', 'deleted-after', 'late'].map(
    person,
  ) as [Person, Person, Person, Person];
  type Person = ReturnType<typeof person>;

  let folder: string;
  let shop: LegacyShop;
  let company: Pick<LegacyCompany, 'userPoolId' | 'edgeKey'>;
  let ids: Readonly<Record<string, string>>;

  const env = (keys: string, peppers = PEPPER) => ({
    USERFERRY_EGRESS_ALLOW: `127.0.0.1:${shop.port}`,
    USERFERRY_ENCRYPTION_KEYS: keys,
    USERFERRY_PEPPERS: peppers,
  });
  const login = (caller: Caller, { email, password }: Person) => caller.login(byEmail(email), password);
  const loggedIn = async (caller: Caller, who: Person): Promise<string> => {
    const outcome = await login(caller, who);
    if (outcome?.$case !== 'authenticated') throw new Error(`${who.email}: ${reasonOf(outcome)}`);
    return outcome.value.user?.userId ?? '';
  };
  const remove = async (from: LegacyCompany, userId: string) => {
    const ref = { $case: 'userId' as const, value: userId };
    const user = { selector: { $case: 'ref' as const, value: { ref } } };
    const request = DeleteUserRequest.fromPartial({ userPoolId: from.userPoolId, user });
    expect((await from.identity.deleteUser(request, inTime())).outcome?.$case).toBe('deleted');
  };
  const urlOf = (store: LocalPostgres) => store.createDatabase('userferry', { owner: 'userferry' });
  const dumpFile = () => join(folder, 'userferry.dump');
  /** A script of the manual, as it stands there. */
  const psql = async (url: string, mark: string) => {
    const manual = readFileSync(join(import.meta.dirname, '../../docs/backup.md'), 'utf8');
    const sql = new RegExp(`<!-- ${mark} -->\\n\`\`\`sql\\n([^]*?)\`\`\``).exec(manual)?.[1] ?? '';
    expect(sql).not.toBe('');
    writeFileSync(join(folder, 'script.sql'), sql);
    await run(tools.psql, [url, '-v', 'ON_ERROR_STOP=1', '-f', 'script.sql'], { cwd: folder });
  };
  /** An empty cluster into which the dump was restored. */
  const restored = async (replay: boolean): Promise<LocalPostgres> => {
    const store = await startStore();
    const url = await urlOf(store);
    const how = ['--no-owner', '--no-privileges', '--exit-on-error', '--single-transaction', `--dbname=${url}`];
    await run(tools.pgRestore, [...how, dumpFile()]);
    if (replay) await psql(url, 'replay-tombstones');
    return store;
  };
  const servicesOn = async (store: LocalPostgres, given: Record<string, string>) => {
    const ours = await createUserferry({ startStore: async () => store, env: given });
    const identity = identityAt(ours.address, company.edgeKey);
    const caller = createCaller({ userPoolId: company.userPoolId, identity });
    return { ours, caller, [Symbol.asyncDispose]: () => ours[Symbol.asyncDispose]() };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'userferry-backup-'));
    stack.defer(() => rmSync(folder, { recursive: true }));
    shop = await startLegacyShop('postgresql');
    stack.defer(() => shop.stop());
    for (const who of [EARLY, DELETED_BEFORE, DELETED_AFTER, LATE]) await shop.add(who);
    const store = await startStore();
    await using ours: Userferry = await createUserferry({ startStore: async () => store, env: env(OLD_KEY) });
    const scriptOf = (action: ScriptAction) => templateOf('postgresql', action);
    const connection = { mode: 'LAZY_MIGRATION', uri: shop.uri, scriptOf } as const;
    using living = await createCompany(ours, { name: 'backup', connection });
    const caller = createCaller(living);
    const early = await loggedIn(caller, EARLY);
    await remove(living, await loggedIn(caller, DELETED_BEFORE));
    const deletedAfter = await loggedIn(caller, DELETED_AFTER);
    const url = await urlOf(store);
    await run(tools.pgDump, ['--format=custom', '--no-owner', '--no-privileges', `--file=${dumpFile()}`, url]);
    const late = await loggedIn(caller, LATE);
    await remove(living, deletedAfter);
    await psql(url, 'export-tombstones');
    ids = { early, late };
    company = { userPoolId: living.userPoolId, edgeKey: living.edgeKey };
    expect(await dumpStore(store)).not.toContain(shop.uri);
  });
  afterAll(() => stack.disposeAsync());

  it('holds no connection string and no password in clear', () => {
    expect(readFileSync(dumpFile()).includes(shop.uri)).toBe(false);
  });

  it('brings everybody back: who had migrated, and who did so later, under a new id; who was deleted stays away', async () => {
    await using world = await servicesOn(await restored(true), env(`${NEW_KEY},${OLD_KEY}`));
    expect(await loggedIn(world.caller, EARLY)).toBe(ids.early);
    const late = await login(world.caller, LATE);
    expect(late).toMatchObject({ $case: 'authenticated', value: { migratedNow: true } });
    expect(await loggedIn(world.caller, LATE)).not.toBe(ids.late);
    for (const who of [DELETED_BEFORE, DELETED_AFTER])
      expect(await login(world.caller, who)).toMatchObject({
        $case: 'rejected',
        value: { reason: 'INVALID_CREDENTIALS' },
      });
    expect(world.ours.lines.filter(({ text }) => /there is no (encryption key|pepper)/.test(text))).toEqual([]);
  });

  it('without the tombstones that were exported brings back who was deleted after it', async () => {
    await using world = await servicesOn(await restored(false), env(OLD_KEY));
    expect(await login(world.caller, DELETED_AFTER)).toMatchObject({ $case: 'authenticated' });
    expect(await login(world.caller, DELETED_BEFORE)).toMatchObject({ $case: 'rejected' });
  });

  it('without the secrets of its time says at the start which are missing, and opens nothing', async () => {
    const pepper = secret('pepper-2');
    await using world = await servicesOn(await restored(true), env(NEW_KEY, pepper));
    const told = world.ours.lines.filter(({ facts }) => facts?.level === 'error').map(({ facts }) => facts?.msg);
    expect(told).toContainEqual(
      expect.stringContaining('there is no encryption key "old-key", and connections (1) were'),
    );
    expect(told).toContainEqual(expect.stringContaining('there is no pepper "pepper-1", and password hashes (1) were'));
    for (const who of [EARLY, LATE])
      await expect(login(world.caller, who)).rejects.toMatchObject({ reason: 'INTERNAL' });
    const text = world.ours.lines.map((line) => line.text).join('\n');
    for (const hidden of [OLD_KEY, NEW_KEY, PEPPER, pepper]) expect(text).not.toContain(hidden.split(':')[1]);
  });
});
