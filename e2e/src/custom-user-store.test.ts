import type { GeoLocation } from '@userferry/contracts/identity/v1/identity_service';
import { LoginSource } from '@userferry/contracts/identity/v1/identity_service';
import { findFreePort, hasMariadb, MARIADB_MISSING } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asText } from './as-text.ts';
import { allRuns } from './calls/log-history.ts';
import { byEmail, byLegacyId, type Caller, createCaller, reasonOf } from './legacy/caller.ts';
import { CARELESS_ENDS, type CarelessEnd, carelessScript } from './legacy/careless-script.ts';
import { createCompany, inTime, type LegacyCompany } from './legacy/connect-company.ts';
import { type LegacyShop, startLegacyShop } from './legacy/legacy-shop.ts';
import { SHOP_KINDS } from './legacy/shop-server.ts';
import { heldIn, heldInFiles } from './where-held.ts';
import { createUserferry, dumpStore, type Userferry } from './world.ts';

let ours: Userferry;
let deadPort: number;
beforeAll(async () => {
  deadPort = await findFreePort();
  ours = await createUserferry({ env: { USERFERRY_EGRESS_ALLOW: '127.0.0.1:*' } });
});
afterAll(() => ours?.[Symbol.asyncDispose]());

const IP = '203.0.113.77';
const PERSON = {
  email: 'Grace.Hopper@navy.example',
  username: 'amazing-grace',
  phone: '+12025550143',
  nickname: 'Grandma COBOL',
  name: 'Grace Brewster Murray',
  city: 'Arlington-canary',
  customDataJson: Buffer.from(JSON.stringify({ ships: [{ name: 'UNIVAC-canary' }] })),
};
const PASSWORDS = ['first-Password-1906', 'second-Password-1952', 'third-Password-1992', 'not-my-Password-1'] as const;
const [FIRST, SECOND, THIRD, WRONG] = PASSWORDS;
const RENAMED = 'Rear Admiral';
const BODY_NOTE = 'typed-into-the-form-canary';
const GEO: GeoLocation = {
  province: 'Virginia-canary',
  city: 'Arlington-canary',
  adcode: 'ADC-20301',
  rectangle: 'rect-canary',
};

/** Every value of four characters or more that went through: what the user is called, typed, and where they are. */
const VALUES: readonly string[] = [
  PERSON.email,
  PERSON.username,
  PERSON.phone,
  PERSON.nickname,
  PERSON.name,
  PERSON.city,
  'UNIVAC-canary',
  'found-there-',
  RENAMED,
  BODY_NOTE,
  IP,
  ...Object.values(GEO),
  ...PASSWORDS,
];

describe.each(SHOP_KINDS)('a custom user store on %s', (kind) => {
  // Debian's MariaDB is not in the lockfile: without it this half says so and does not run.
  const runs = kind !== 'mysql' || hasMariadb();
  describe.skipIf(!runs)(
    runs ? 'the whole life of a user' : `the whole life of a user (MySQL: ${MARIADB_MISSING})`,
    () => {
      const stack = new AsyncDisposableStack();
      let shop: LegacyShop;
      let company: LegacyCompany;
      let caller: Caller;
      beforeAll(async () => {
        shop = await startLegacyShop(kind);
        stack.defer(() => shop.stop());
        const scriptOf = (action: Parameters<typeof carelessScript>[1]) => carelessScript(kind, action);
        const env = { DEAD_PORT: String(deadPort) };
        const connection = { mode: 'CUSTOM_USER_STORE', uri: shop.uri, scriptOf, env } as const;
        company = stack.use(await createCompany(ours, { name: `custom ${kind}`, connection }));
        caller = createCaller(company);
      });
      afterAll(() => stack.disposeAsync());

      const user = byEmail(PERSON.email);
      const ending = (end: CarelessEnd) => ({ ip: IP, geo: GEO, body: { end, note: BODY_NOTE, password: FIRST } });
      const well = ending('well');
      const login = (password: string, how = well) => caller.login(user, password, how);

      it('is created there by a registration, once', async () => {
        expect(await caller.register(PERSON, FIRST, well)).toMatchObject({
          $case: 'registered',
          value: { userId: '', profile: { email: PERSON.email } },
        });
        expect(await caller.register(PERSON, FIRST, well)).toMatchObject({
          value: { reason: 'USER_EXISTS', code: 2026 },
        });
        expect(await shop.countOf(PERSON.email)).toBe(1);
      });

      it('logs in there every time, and never has an id of ours', async () => {
        for (let i = 0; i < 2; i += 1)
          expect(await login(FIRST)).toMatchObject({
            $case: 'authenticated',
            value: { source: LoginSource.CUSTOM_DATABASE, migratedNow: false, user: { userId: '' } },
          });
        expect(await login(WRONG)).toMatchObject({ value: { reason: 'INVALID_CREDENTIALS', code: 2333 } });
      });

      it('is found by the legacy id in its own type, searched and listed there', async () => {
        const id = await shop.idOf(PERSON.email);
        expect(typeof id).toBe(kind === 'mysql' ? 'number' : 'string');
        expect(await caller.getUser(byLegacyId(id ?? ''), well)).toMatchObject({
          $case: 'found',
          value: { profile: { nickname: PERSON.nickname }, externalRef: { ref: { value: id } } },
        });
        expect(await caller.search('cobol', well)).toMatchObject({
          $case: 'found',
          value: { totalCount: 1n, users: [{ profile: { username: PERSON.username } }] },
        });
        expect(await caller.list({ page: 1, limit: 10 }, well)).toMatchObject({
          $case: 'listed',
          value: { totalCount: 1n },
        });
      });

      it('is changed there, the password after the old one was checked', async () => {
        const change = (old: string, next: string) => caller.change(user, { old, new: next }, well);
        expect(await caller.update(user, { nickname: RENAMED }, well)).toMatchObject({
          $case: 'updated',
          value: { profile: { nickname: RENAMED, email: PERSON.email } },
        });
        expect(await change(WRONG, SECOND)).toMatchObject({ value: { reason: 'WRONG_OLD_PASSWORD', code: 2203 } });
        expect(await change(FIRST, SECOND)).toMatchObject({ $case: 'changed' });
        expect([await login(FIRST), await login(SECOND)].map((outcome) => outcome?.$case)).toEqual([
          'rejected',
          'authenticated',
        ]);
        expect(await caller.reset(user, THIRD, well)).toMatchObject({ $case: 'reset' });
        expect(await login(THIRD)).toMatchObject({ $case: 'authenticated' });
      });

      /** Every call of which a script runs, ended in that way. */
      const everyCall = (end: CarelessEnd) => {
        const how = ending(end);
        return Promise.all([
          caller.login(user, THIRD, how),
          caller.register({ ...PERSON, email: 'other@navy.example' }, FIRST, how),
          caller.getUser(user, how),
          caller.search(PERSON.nickname, how),
          caller.list({ page: 1, limit: 10 }, how),
          caller.update(user, { nickname: RENAMED }, how),
          caller.change(user, { old: THIRD, new: SECOND }, how),
          caller.reset(user, THIRD, how),
          caller.delete(user, how),
        ]);
      };

      it.each(CARELESS_ENDS.filter((end) => end !== 'well'))(
        'learns from no answer what its scripts said, when each of them ends with: %s',
        async (end) => {
          const refusals = (await everyCall(end)).filter((outcome) => reasonOf(outcome) !== undefined);
          expect(refusals.length).toBeGreaterThanOrEqual(7);
          for (const outcome of refusals)
            expect(heldIn(asText(outcome), VALUES), `${end}: ${reasonOf(outcome)}`).toEqual([]);
        },
      );

      it('is nowhere known while that database is down, and never told to have a wrong password', async () => {
        await shop.pause();
        try {
          const unreachable = { $case: 'undecided', value: { reason: 'LEGACY_STORE_UNREACHABLE' } };
          expect(await login(THIRD)).toMatchObject(unreachable);
          expect(await caller.getUser(user, well)).toMatchObject(unreachable);
          expect(await caller.register(PERSON, FIRST, well)).toMatchObject(unreachable);
          expect(await caller.change(user, { old: THIRD, new: FIRST }, well)).toMatchObject(unreachable);
        } finally {
          await shop.resume();
        }
        expect(await login(THIRD)).toMatchObject({ $case: 'authenticated' });
      });

      it('is deleted there', async () => {
        expect(await caller.delete(user, well)).toMatchObject({ $case: 'deleted' });
        expect(await shop.countOf(PERSON.email)).toBe(0);
        expect(await caller.getUser(user, well)).toMatchObject({ value: { reason: 'USER_NOT_FOUND', code: 2004 } });
      });

      it('left in the audit which call was made by which key, with which script, and nobody’s name or id', async () => {
        const request = { userPoolId: company.userPoolId, pageSize: 200, pageToken: '' };
        const { entries } = await company.pools.listAuditEntries(request, inTime());
        const ofUsers = entries.filter(({ action }) => action.startsWith('IdentityService/'));
        expect(new Set(ofUsers.map(({ action, target }) => `${action}, ${target}`))).toEqual(
          new Set([
            'IdentityService/Register, script createUser',
            'IdentityService/UpdateUser, script updateUser',
            'IdentityService/ChangePassword, script updateUser',
            'IdentityService/ResetPassword, script updateUser',
            'IdentityService/DeleteUser, script deleteUser',
          ]),
        );
        for (const { actor, requestId, at } of ofUsers)
          expect([actor, requestId, at]).toEqual([
            expect.stringMatching(/./),
            expect.stringMatching(/./),
            expect.any(Date),
          ]);
      });

      it('left nothing here: no row, no byte on disk, no log line, no run of the history holds a value of theirs', async () => {
        const ended = async () => new Set((await allRuns(company)).map(({ outcome }) => outcome)).size;
        await expect.poll(ended, { timeout: 10_000 }).toBeGreaterThanOrEqual(5);
        const runs = await allRuns(company);
        expect(runs.length).toBeGreaterThan(40);
        // The scripts did print, and did quote in their errors: what they said is there, without the values.
        expect(asText(runs)).toMatch(/called with/);
        expect(asText(runs)).toMatch(/\[redacted\]/);
        await ours.store.query('CHECKPOINT');
        expect({
          store: heldIn(await dumpStore(ours.store), VALUES),
          logs: heldIn(ours.lines.map(({ text }) => text).join('\n'), VALUES),
          history: heldIn(asText(runs), VALUES),
          disk: [...heldInFiles(ours.store.folder, VALUES), ...heldInFiles(ours.folder, VALUES)],
        }).toEqual({ store: [], logs: [], history: [], disk: [] });
        const users = await ours.store.query('SELECT 1 FROM users', { database: 'userferry' });
        expect(users).toEqual([]);
      });
    },
  );
});

it('what would be found is looked for in the right places', async () => {
  const database = 'userferry';
  await ours.store.query(`CREATE TABLE planted (t text)`, { database });
  await ours.store.query(`INSERT INTO planted VALUES ('a-planted-canary')`, { database });
  await ours.store.query('CHECKPOINT');
  expect(heldIn(await dumpStore(ours.store), ['A-planted-canary'])).toHaveLength(1);
  expect(heldInFiles(ours.store.folder, ['a-planted-canary'])).toHaveLength(1);
  expect(heldIn(ours.lines.map(({ text }) => text).join('\n'), ['identity-gateway'])).toHaveLength(1);
});
