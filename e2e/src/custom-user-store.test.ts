import {
  ChangePasswordRequest,
  DeleteUserRequest,
  GetUserRequest,
  ListUsersRequest,
  LoginRequest,
  LoginSource,
  RegisterRequest,
  ResetPasswordRequest,
  SearchUsersRequest,
  UpdateUserRequest,
} from '@userferry/contracts/identity/v1/identity_service';
import {
  hasMariadb,
  type LocalMariadb,
  MARIADB_MISSING,
  startMariadb,
  startPostgres,
} from '@userferry/local-databases';
import { schemaOf } from '@userferry/script-templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectCompany, inTime, type LegacyCompany } from './legacy-company.ts';
import { createWorld, dumpStore, type World } from './world.ts';

type Legacy = {
  readonly uri: string;
  readonly port: number;
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const postgresql = async (): Promise<Legacy> => {
  const server = await startPostgres();
  const uri = await server.createDatabase('shop', { owner: 'shop' });
  await server.query(`${schemaOf('postgresql')}; ALTER TABLE users OWNER TO shop`, { database: 'shop' });
  const { port, pause, resume, stop } = server;
  return { uri, port, pause, resume, stop };
};

const mysql = async (): Promise<Legacy> => {
  const statements = schemaOf('mysql')
    .split(';')
    .map((statement) => statement.replace(/\s+/g, ' ').trim())
    .filter((statement) => statement !== '');
  const server: LocalMariadb = await startMariadb({ statements: ['CREATE DATABASE shop', 'USE shop', ...statements] });
  const url = new URL(server.url);
  url.pathname = '/shop';
  const { port, pause, resume, stop } = server;
  return { uri: url.href, port, pause, resume, stop };
};

const STORES = { postgresql, mysql } as const;

const PERSON = {
  email: 'Grace.Hopper@navy.example',
  username: 'amazing-grace',
  phone: '+12025550143',
  nickname: 'Grandma COBOL',
};
const [FIRST, SECOND, THIRD] = ['first-Password-1906', 'second-Password-1952', 'third-Password-1992'];

describe.each(['postgresql', 'mysql'] as const)('a custom user store on %s', (kind) => {
  // Debian's MariaDB is not in the lockfile: without it this half says so and does not run.
  const runs = kind === 'postgresql' || hasMariadb();
  const title = runs ? 'the whole life of a user' : `the whole life of a user (MySQL: ${MARIADB_MISSING})`;
  describe.skipIf(!runs)(title, () => {
    let legacy: Legacy;
    let world: World;
    let company: LegacyCompany;
    beforeAll(async () => {
      legacy = await STORES[kind]();
      world = await createWorld({ env: { USERFERRY_EGRESS_ALLOW: `127.0.0.1:${legacy.port}` }, company: false });
      company = await connectCompany(world, { store: kind, uri: legacy.uri, mode: 'CUSTOM_USER_STORE' });
    });
    afterAll(async () => {
      company?.[Symbol.dispose]();
      await world?.[Symbol.asyncDispose]();
      await legacy?.stop();
    });

    const byEmail = { selector: { $case: 'email' as const, value: PERSON.email } };
    const pool = () => ({ userPoolId: company.userPoolId });
    const login = async (password: string) => {
      const identifier = { $case: 'email' as const, value: PERSON.email };
      return (await company.identity.login(LoginRequest.fromPartial({ ...pool(), identifier, password }), inTime()))
        .outcome;
    };
    const getUser = async () =>
      (await company.identity.getUser(GetUserRequest.fromPartial({ ...pool(), user: byEmail }), inTime())).outcome;
    const register = async () =>
      (
        await company.identity.register(
          RegisterRequest.fromPartial({ ...pool(), profile: PERSON, password: FIRST }),
          inTime(),
        )
      ).outcome;
    const change = async (oldPassword: string, newPassword: string) =>
      (
        await company.identity.changePassword(
          ChangePasswordRequest.fromPartial({ ...pool(), user: byEmail, oldPassword, newPassword }),
          inTime(),
        )
      ).outcome;

    it('is created there by a registration, once', async () => {
      expect(await register()).toMatchObject({
        $case: 'registered',
        value: { userId: '', profile: { email: PERSON.email } },
      });
      expect(await register()).toMatchObject({ $case: 'rejected', value: { reason: 'USER_EXISTS', code: 2026 } });
    });

    it('logs in there every time, and never has an id of ours', async () => {
      for (let i = 0; i < 2; i += 1)
        expect(await login(FIRST ?? '')).toMatchObject({
          $case: 'authenticated',
          value: { source: LoginSource.CUSTOM_DATABASE, migratedNow: false, user: { userId: '' } },
        });
      expect(await login('not it')).toMatchObject({ $case: 'rejected', value: { reason: 'INVALID_CREDENTIALS' } });
    });

    it('is found, searched and listed there', async () => {
      const found = await getUser();
      expect(found).toMatchObject({ $case: 'found', value: { profile: { nickname: PERSON.nickname } } });
      const ref = found?.$case === 'found' ? found.value.externalRef : undefined;
      const again = await company.identity.getUser(
        GetUserRequest.fromPartial({ ...pool(), user: { selector: { $case: 'ref', value: ref } } } as never),
        inTime(),
      );
      expect(again.outcome).toMatchObject({ $case: 'found', value: { profile: { email: PERSON.email } } });
      const searched = await company.identity.searchUsers(
        SearchUsersRequest.fromPartial({ ...pool(), keyword: 'cobol' }),
        inTime(),
      );
      expect(searched.outcome).toMatchObject({
        $case: 'found',
        value: { totalCount: 1n, users: [{ profile: { username: PERSON.username } }] },
      });
      const listed = await company.identity.listUsers(
        ListUsersRequest.fromPartial({ ...pool(), page: 1, limit: 10 }),
        inTime(),
      );
      expect(listed.outcome).toMatchObject({ $case: 'listed', value: { totalCount: 1n } });
    });

    it('is changed there', async () => {
      const updates = { nickname: 'Rear Admiral' };
      const updated = await company.identity.updateUser(
        UpdateUserRequest.fromPartial({ ...pool(), user: byEmail, updates }),
        inTime(),
      );
      expect(updated.outcome).toMatchObject({
        $case: 'updated',
        value: { profile: { nickname: 'Rear Admiral', email: PERSON.email } },
      });
      expect(await getUser()).toMatchObject({ value: { profile: { nickname: 'Rear Admiral' } } });
    });

    it('changes the password there, the old one checked', async () => {
      expect(await change('not it', SECOND ?? '')).toMatchObject({
        $case: 'rejected',
        value: { reason: 'WRONG_OLD_PASSWORD', code: 2203 },
      });
      expect(await change(FIRST ?? '', SECOND ?? '')).toMatchObject({ $case: 'changed' });
      expect(await login(FIRST ?? '')).toMatchObject({ $case: 'rejected' });
      expect(await login(SECOND ?? '')).toMatchObject({ $case: 'authenticated' });
    });

    it('gets a new password there after forgetting it', async () => {
      const request = ResetPasswordRequest.fromPartial({ ...pool(), user: byEmail, newPassword: THIRD ?? '' });
      expect((await company.identity.resetPassword(request, inTime())).outcome).toMatchObject({ $case: 'reset' });
      expect(await login(THIRD ?? '')).toMatchObject({ $case: 'authenticated' });
    });

    it('is nowhere known while that database is down, and never told to have a wrong password', async () => {
      await legacy.pause();
      try {
        const unreachable = { $case: 'undecided', value: { reason: 'LEGACY_STORE_UNREACHABLE' } };
        expect(await login(THIRD ?? '')).toMatchObject(unreachable);
        expect(await getUser()).toMatchObject(unreachable);
        expect(await register()).toMatchObject(unreachable);
        expect(await change(THIRD ?? '', FIRST ?? '')).toMatchObject(unreachable);
      } finally {
        await legacy.resume();
      }
      expect(await login(THIRD ?? '')).toMatchObject({ $case: 'authenticated' });
    });

    it('is deleted there', async () => {
      const deleted = await company.identity.deleteUser(
        DeleteUserRequest.fromPartial({ ...pool(), user: byEmail }),
        inTime(),
      );
      expect(deleted.outcome).toMatchObject({ $case: 'deleted' });
      expect(await getUser()).toMatchObject({ $case: 'rejected', value: { reason: 'USER_NOT_FOUND', code: 2004 } });
    });

    it('left nothing here: no row, no log line, no run of the history with a value of theirs', async () => {
      const values = [...Object.values(PERSON), 'Rear Admiral', FIRST, SECOND, THIRD, 'not it'];
      const runs = await company.connections.listScriptRuns(
        {
          ...pool(),
          action: 0,
          outcome: 0,
          failedOnly: false,
          requestId: '',
          since: undefined,
          until: undefined,
          pageSize: 100,
          pageToken: '',
        },
        inTime(),
      );
      expect(runs.runs.length).toBeGreaterThan(5);
      const places = {
        store: await dumpStore(world.store),
        logs: world.lines.map(({ text }) => text).join('\n'),
        history: JSON.stringify(runs, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
      };
      for (const [place, text] of Object.entries(places))
        for (const value of values)
          expect(text.toLowerCase().includes(String(value).toLowerCase()), `${value} in ${place}`).toBe(false);
    });
  });
});
