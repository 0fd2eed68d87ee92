import { hasMariadb, MARIADB_MISSING } from '@userferry/local-databases';
import { templateOf } from '@userferry/script-templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byEmail, byLegacyId, type Caller, createCaller, reasonOf } from './legacy/caller.ts';
import { type CompanyConnection, createCompany } from './legacy/connect-company.ts';
import { type LegacyShop, startLegacyShop } from './legacy/legacy-shop.ts';
import { SHOP_KINDS } from './legacy/shop-server.ts';
import { createUserferry, type Userferry } from './world.ts';

let ours: Userferry;
beforeAll(async () => {
  ours = await createUserferry({ env: { USERFERRY_EGRESS_ALLOW: '127.0.0.1:*' } });
});
afterAll(() => ours?.[Symbol.asyncDispose]());

const OLD = 'the-old-Password-1';
const NEW = 'the-new-Password-2';
/** `correct horse` as PHP's password_hash wrote it. */
const PHP_HASH = '$2y$06$GH69cYhobOAL52NX0jIKXeS2QCziG7aISmtsPAgw1OUa.CfKxDPf6';
const PHP_PASSWORD = 'correct horse';
const ADA = byEmail('ada@shop.example');

/** What a database may read as the id 1, or refuse to read: no user has it. */
const NOT_IDS = ['1abc', '01', ' 1', '1 ', '1.0', '0x1', 'nobody', '9223372036854775808', '9'.repeat(19)];

describe.each(SHOP_KINDS)('the ready-made scripts on %s', (kind) => {
  const runs = kind !== 'mysql' || hasMariadb();
  describe.skipIf(!runs)(runs ? 'through every call' : `through every call (MySQL: ${MARIADB_MISSING})`, () => {
    const stack = new AsyncDisposableStack();
    let shop: LegacyShop;
    let custom: Caller;
    let lazy: Caller;
    const rows = () => shop.query('SELECT * FROM users ORDER BY id');
    const usersHere = () => ours.store.query('SELECT count(*) FROM users', { database: 'userferry' });
    const callerOf = async (mode: CompanyConnection['mode']): Promise<Caller> => {
      const scriptOf = (action: Parameters<typeof templateOf>[1]) => templateOf(kind, action);
      const connection = { mode, uri: shop.uri, scriptOf };
      return createCaller(stack.use(await createCompany(ours, { name: `${mode} ${kind}`, connection })));
    };
    beforeAll(async () => {
      shop = await startLegacyShop(kind);
      stack.defer(() => shop.stop());
      for (const name of ['ada', 'grace'])
        await shop.add({ email: `${name}@shop.example`, username: name, password: OLD });
      await shop.query('INSERT INTO users (email, password) VALUES (?, ?)', ['php@shop.example', PHP_HASH]);
      [custom, lazy] = [await callerOf('CUSTOM_USER_STORE'), await callerOf('LAZY_MIGRATION')];
    });
    afterAll(() => stack.disposeAsync());

    it.each(NOT_IDS)('find nobody by %j, and change nothing', async (id) => {
      const user = byLegacyId(id);
      const before = [await rows(), await usersHere()];
      for (const caller of [custom, lazy])
        expect({
          get: reasonOf(await caller.getUser(user)),
          change: reasonOf(await caller.change(user, { old: OLD, new: NEW })),
          reset: reasonOf(await caller.reset(user, NEW)),
          update: reasonOf(await caller.update(user, { nickname: 'taken over' })),
          password: reasonOf(await caller.update(user, {}, { password: NEW })),
          delete: reasonOf(await caller.delete(user)),
        }).toEqual({
          get: 'USER_NOT_FOUND',
          change: 'WRONG_OLD_PASSWORD',
          reset: 'USER_NOT_FOUND',
          update: 'USER_NOT_FOUND',
          password: 'USER_NOT_FOUND',
          delete: 'USER_NOT_FOUND',
        });
      expect([await rows(), await usersHere()]).toEqual(before);
    });

    it('find by its own id the user who has it, and change them', async () => {
      const id = (await shop.idOf('grace@shop.example')) ?? '';
      const user = byLegacyId(id);
      expect(await custom.getUser(user)).toMatchObject({
        $case: 'found',
        value: { externalRef: { ref: { value: id } } },
      });
      expect(await custom.update(user, { nickname: 'G.' })).toMatchObject({ value: { profile: { nickname: 'G.' } } });
      expect(await custom.change(user, { old: OLD, new: NEW })).toMatchObject({ $case: 'changed' });
    });

    it('say of an identifier that somebody else has it, and keep the user as they are', async () => {
      const before = await rows();
      for (const taken of [{ email: 'grace@shop.example' }, { username: 'grace' }])
        expect(await custom.update(ADA, taken)).toMatchObject({ value: { reason: 'USER_EXISTS', code: 2026 } });
      expect(await rows()).toEqual(before);
    });

    it('take a hash of PHP for the bcrypt hash that it is, and a wrong password for a wrong one', async () => {
      const user = byEmail('php@shop.example');
      for (const caller of [custom, lazy])
        expect(await caller.login(user, 'wrong horse')).toMatchObject({ value: { reason: 'INVALID_CREDENTIALS' } });
      expect(await lazy.login(user, PHP_PASSWORD)).toMatchObject({
        $case: 'authenticated',
        value: { migratedNow: true },
      });
      expect(await custom.login(user, PHP_PASSWORD)).toMatchObject({ $case: 'authenticated' });
      const change = (old: string) => custom.change(user, { old, new: NEW });
      expect(await change('wrong horse')).toMatchObject({ value: { reason: 'WRONG_OLD_PASSWORD' } });
      expect(await change(PHP_PASSWORD)).toMatchObject({ $case: 'changed' });
    });

    it('delete whom their own id names', async () => {
      const user = byLegacyId((await shop.idOf('grace@shop.example')) ?? '');
      expect(await custom.delete(user)).toMatchObject({ $case: 'deleted' });
      expect(await custom.delete(user)).toMatchObject({ value: { reason: 'USER_NOT_FOUND' } });
      expect(await shop.countOf('grace@shop.example')).toBe(0);
    });
  });
});
