import { UNTIL_SOMEBODY_WAITS } from '@userferry/testing';
import type { Identifier, Profile } from '@userferry/user-model';
import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { poolWithConnection, someCredential, useTestStore } from '../../store-for-tests.ts';

const { database, store } = useTestStore();
let pool: { userPoolId: string; connectionId: string };
beforeEach(async () => {
  pool = await poolWithConnection(store);
});

const ada: Identifier = { kind: 'email', value: 'Ada@Example.com' };
const migrate = (externalId: string | number, profile: Profile = {}, typed = ada) =>
  store.users.migrate({ ...pool, externalId, profile, typed, credential: someCredential });
const find = async (identifier: Identifier) => {
  const found = await store.users.find(pool.userPoolId, identifier);
  return found.verdict === 'ok' ? found : undefined;
};
const count = async (table: string): Promise<number> => {
  const [row] = await database.query<{ n: string }>(
    `SELECT count(*) AS n FROM ${table} WHERE user_pool_id = '${pool.userPoolId}'`,
  );
  return Number(row?.n);
};
const bury = (kind: string, value: string) =>
  database.query('INSERT INTO tombstones VALUES ($1, $2, $3, now())', [pool.userPoolId, kind, value]);

const until = async (sql: string): Promise<void> => {
  while ((await database.query(sql)).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('migrating a user', () => {
  it('stores profile, identifiers as given, the external id with its type, and the credential', async () => {
    const profile = { email: 'Ada@Example.com', nickname: 'Ada', customData: { a: [1, { b: null }] } };
    const result = await migrate(1, profile);
    const found = await find({ kind: 'email', value: 'ADA@example.COM' });
    expect(result).toMatchObject({ verdict: 'migrated', user: { profile, externalId: 1, migrationState: 'migrated' } });
    expect(found?.user).toEqual(result.verdict === 'migrated' && result.user);
    expect(found?.credential).toMatchObject(someCredential);
  });

  it('makes one user of simultaneous first logins, and every one gets it', async () => {
    for (let round = 1; round <= 25; round++) {
      const typed: Identifier = { kind: 'email', value: `ada${round}@example.com` };
      const results = await Promise.all(Array.from({ length: 8 }, () => migrate(round, {}, typed)));
      const ids = results.map((result) => ('user' in result ? result.user.userId : result.verdict));
      expect(new Set(ids).size).toBe(1);
      expect(results.filter(({ verdict }) => verdict === 'migrated')).toHaveLength(1);
      const stored = [await count('users'), await count('external_ids'), await count('user_identifiers')];
      expect(stored).toEqual([round, round, round]);
    }
  });

  it('is safe to repeat and leaves what is stored as it is', async () => {
    await migrate(1, { email: 'ada@example.com', nickname: 'first' });
    const again = await migrate(1, { email: 'other@example.com', nickname: 'second' });
    expect(again).toMatchObject({ verdict: 'already_migrated', user: { profile: { nickname: 'first' } } });
    expect(again).toMatchObject({ credential: someCredential });
  });

  it('takes the external ids 1 and "1" for two users', async () => {
    await migrate(1, { email: 'one@example.com' }, { kind: 'email', value: 'one@example.com' });
    const other = await migrate('1', { email: 'two@example.com' }, { kind: 'email', value: 'two@example.com' });
    expect(other).toMatchObject({ verdict: 'migrated', user: { externalId: '1' } });
    expect(await count('users')).toBe(2);
  });

  it('takes what the user typed for verified by nobody: the profile says so of what it has itself alone', async () => {
    await migrate(1, { emailVerified: true, phone: '+1 202 555 0143', phoneVerified: true });
    const profile = { email: 'Ada@Example.com', phone: '+1 202 555 0143', phoneVerified: true };
    expect((await find(ada))?.user.profile).toEqual(profile);
  });

  it('keeps what the user typed when the profile has no identifier of that kind', async () => {
    await migrate(1, { username: 'ada' });
    expect((await find(ada))?.user.profile).toEqual({ email: 'Ada@Example.com', username: 'ada' });
    expect((await find({ kind: 'username', value: 'ada' }))?.user.externalId).toBe(1);
    expect(await find({ kind: 'username', value: 'Ada' })).toBe(undefined);
  });

  it('stores nothing when an identifier belongs to another user', async () => {
    await migrate(1, { email: 'ada@example.com' });
    const other = await migrate(2, { email: 'ADA@example.com', username: 'ada2' });
    expect(other).toEqual({ verdict: 'conflict' });
    expect([await count('users'), await count('external_ids'), await count('user_identifiers')]).toEqual([1, 1, 1]);
  });

  it('makes one user and conflicts when two people with one e-mail come at once', async () => {
    const results = await Promise.all([1, 2, 3, 4].map((id) => migrate(id, { email: 'ada@example.com' })));
    expect(results.map(({ verdict }) => verdict).sort()).toEqual(['conflict', 'conflict', 'conflict', 'migrated']);
    expect(await count('users')).toBe(1);
  });

  it.each([
    ['external_id_number', '1'],
    ['email', 'ada@example.com'],
    ['username', 'ada'],
  ])('stores nothing when %s %s is tombstoned', async (kind, value) => {
    await bury(kind, value);
    expect(await migrate(1, { username: 'ada' })).toEqual({ verdict: 'tombstoned' });
    expect([await count('users'), await count('external_ids'), await count('user_identifiers')]).toEqual([0, 0, 0]);
  });

  it('is not stopped by the tombstone of another type of id or another pool', async () => {
    await bury('external_id_string', '1');
    const elsewhere = pool;
    await bury('email', 'ada@example.com');
    pool = await poolWithConnection(store);
    expect((await migrate(1)).verdict).toBe('migrated');
    pool = elsewhere;
    expect(await store.users.find(pool.userPoolId, ada)).toEqual({ verdict: 'tombstoned' });
  });

  it('stores nothing when a deletion of the same user ends between its look and its insert', async () => {
    const { userPoolId } = pool;
    const deletion = database.query(
      `BEGIN; SELECT 1 FROM user_pools WHERE id = '${userPoolId}' FOR UPDATE;
       INSERT INTO tombstones VALUES ('${userPoolId}', 'external_id_number', '1', now());
       ${UNTIL_SOMEBODY_WAITS}; COMMIT`,
    );
    await until(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`);
    expect(await migrate(1, { email: 'ada@example.com' })).toEqual({ verdict: 'tombstoned' });
    await deletion;
    expect([await count('users'), await count('external_ids'), await count('user_identifiers')]).toEqual([0, 0, 0]);
  });
});

describe('a connection that is switched to custom-user-store mode', () => {
  const nothingIsStored = async () =>
    expect([await count('users'), await count('external_ids'), await count('user_identifiers')]).toEqual([0, 0, 0]);

  it('migrates no user', async () => {
    await store.connections.save({ ...pool, mode: 'custom_user_store', egress: [], actor: 'key-1' });
    await expect(migrate(1)).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    await nothingIsStored();
  });

  it('migrates no user whose login was under way when it was switched', async () => {
    const { connectionId } = pool;
    const save = database.query(
      `BEGIN; SELECT 1 FROM connections WHERE id = '${connectionId}' FOR UPDATE;
       UPDATE connection_versions SET mode = 'custom_user_store' WHERE connection_id = '${connectionId}';
       ${UNTIL_SOMEBODY_WAITS}; COMMIT`,
    );
    await until(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`);
    await expect(migrate(1)).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    await save;
    await nothingIsStored();
  });
});

describe('a failing store', () => {
  it('says nothing of the row that a statement carried', async () => {
    const credential = { ...someCredential, hash: 'h4sh-that-must-stay-here', cost: 2 ** 40 };
    const failing = store.users.migrate({
      ...pool,
      externalId: 1,
      profile: { nickname: 'n1ck' },
      typed: ada,
      credential,
    });
    const error = await failing.catch((thrown: unknown) => thrown as Error);
    const text = `${(error as Error).stack} ${JSON.stringify(error)} ${Object.values(error)}`;
    expect(text).toContain('the database answered with an error (22003)');
    for (const secret of ['h4sh', 'n1ck', 'Ada']) expect(text).not.toContain(secret);
    expect(await count('users')).toBe(0);
  });
});

describe('a database that goes away', () => {
  // A pooler takes a moment to see that it is back.
  const answersAgain = () =>
    expect
      .poll(
        () =>
          store.ping().then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(true);

  it('is STORE_UNAVAILABLE while it is down, and found again afterwards', async () => {
    await migrate(1);
    await database.server.pause();
    await expect(find(ada)).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE' });
    await expect(migrate(2)).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE' });
    await expect(store.ping()).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE' });
    await database.server.resume();
    await answersAgain();
    expect((await find(ada))?.user.externalId).toBe(1);
  });

  it('is STORE_UNAVAILABLE when it goes in the middle of a statement, whether shut down or killed', async () => {
    for (const go of ['pg_terminate_backend', 'kill'] as const) {
      const holder = new pg.Client(database.url);
      holder.on('error', () => undefined);
      await holder.connect();
      await holder.query('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
      const [waiting, migrating] = [find(ada), migrate(1)].map((call) => call.catch((error: unknown) => error));
      await until(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' HAVING count(*) >= 2`);
      // Those who wait before the holder, whose end would let them pass.
      const everyone = `SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()
        AND backend_type = 'client backend' ORDER BY wait_event_type IS DISTINCT FROM 'Lock' OFFSET 0`;
      if (go === 'kill') await database.server.kill();
      else await database.query(`SELECT pg_terminate_backend(pid) FROM (${everyone}) AS waiting_first`);
      expect(await waiting).toMatchObject({ reason: 'STORE_UNAVAILABLE' });
      expect(await migrating).toMatchObject({ reason: 'STORE_UNAVAILABLE' });
      await holder.end();
      await database.server.resume();
      await answersAgain();
    }
    expect((await migrate(1)).verdict).toBe('migrated');
  });

  it('is STORE_UNAVAILABLE when a statement takes longer than allowed', async () => {
    const hold = await database.hold('users');
    await expect(find(ada)).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE' });
    await hold.release();
  });
});
