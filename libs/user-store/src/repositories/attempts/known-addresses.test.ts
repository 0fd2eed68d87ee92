import type { Identifier } from '@userferry/user-model';
import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, credentialOf, randomRing, usePoolWithConnection, useTestStore } from '../../store-for-tests.ts';

let now = new Date('2026-11-24T12:00:00Z');
const { database, store } = useTestStore({ keyRing: randomRing('k1'), clock: () => now });
const pool = usePoolWithConnection(store);

const ADA: Identifier = { kind: 'email', value: 'ada@example.com' };
const [HOME, OFFICE, ELSEWHERE] = ['192.0.2.1', '192.0.2.2', '203.0.113.7'];

let userId: string;
beforeEach(async () => {
  await database.query('DELETE FROM login_attempts');
  const profile = { email: ADA.value, username: 'ada' };
  const wanted = { userPoolId: pool.userPoolId, profile, credential: credentialOf('right') };
  const created = await store.users.create(wanted, ADMIN);
  userId = created.verdict === 'ok' ? created.user.userId : '';
});

const from = (address: string, who = ADA) => ({ userPoolId: pool.userPoolId, who, address });
const tries = async (address: string, who = ADA) => (await store.attempts.begin(from(address, who))).allowed;
const guesses = async (count: number, address: string, who = ADA) => {
  const allowed: boolean[] = [];
  for (let turn = 0; turn < count; turn += 1) allowed.push(await tries(address, who));
  return allowed.filter(Boolean).length;
};
const logsIn = async (address: string, who = ADA) => {
  const { allowed } = await store.attempts.begin(from(address, who));
  if (allowed) await store.attempts.loggedIn(from(address, who), false);
  return allowed;
};
const marks = async () => {
  const [row] = await database.query<{ known: Buffer | null }>(
    'SELECT known_addresses AS known FROM credentials WHERE user_id = $1',
    [userId],
  );
  return row?.known ?? Buffer.alloc(0);
};

describe('where a user has logged in before', () => {
  beforeEach(() => logsIn(HOME));

  it('wrong passwords from elsewhere do not have them wait, for as long as they go on', async () => {
    expect(await guesses(30, ELSEWHERE)).toBe(10);
    expect(await logsIn(HOME)).toBe(true);
    now = new Date(now.getTime() + 31_000);
    expect(await guesses(2, ELSEWHERE)).toBe(1);
    expect(await logsIn(HOME)).toBe(true);
    expect(await logsIn(OFFICE)).toBe(false);
  });

  it('ten wrong passwords are borne as anywhere, and a right one clears them', async () => {
    expect(await guesses(9, HOME)).toBe(9);
    expect(await logsIn(HOME)).toBe(true);
    expect(await guesses(12, HOME)).toBe(10);
    expect(await logsIn(HOME)).toBe(false);
    expect(await tries(ELSEWHERE)).toBe(true);
  });

  it('an attempt that nobody could decide is given back', async () => {
    for (let turn = 0; turn < 30; turn += 1) {
      expect(await tries(HOME)).toBe(true);
      await store.attempts.undecided(from(HOME));
    }
  });

  it('a right password clears nothing of what was guessed from elsewhere', async () => {
    await guesses(9, ELSEWHERE);
    await logsIn(HOME);
    expect(await guesses(9, ELSEWHERE)).toBe(1);
  });

  it('they are known by what they typed there, and by nothing else', async () => {
    const byName: Identifier = { kind: 'username', value: 'ada' };
    await guesses(11, ELSEWHERE, byName);
    expect(await logsIn(HOME, byName)).toBe(false);
    expect(await logsIn(HOME, { ...ADA, value: 'ADA@example.com' })).toBe(true);
  });

  it('they stay known with a password that they set by the one before, however many guess from elsewhere', async () => {
    await guesses(11, ELSEWHERE);
    const credential = credentialOf('new');
    const change = { userPoolId: pool.userPoolId, userId, credential, replaces: credentialOf('right').hash };
    await store.users.setPassword(change, { ...ADMIN, action: 'x' });
    expect(await logsIn(HOME)).toBe(true);
  });

  it('they are known no more with another password: that has let nobody in yet', async () => {
    await guesses(11, HOME);
    const change = { userPoolId: pool.userPoolId, userId, credential: credentialOf('new') };
    await store.users.setPassword(change, { ...ADMIN, action: 'x' });
    expect(await marks()).toHaveLength(0);
    // What was guessed there at the old one is over with the first login by the new one.
    expect(await logsIn(HOME)).toBe(true);
    expect(await logsIn(HOME)).toBe(true);
  });

  it('nobody else is known', async () => {
    const bob: Identifier = { kind: 'username', value: 'bob' };
    await guesses(11, ELSEWHERE, bob);
    expect(await tries(HOME, bob)).toBe(false);
  });
});

describe('an address becomes known', () => {
  it('by a first login', async () => {
    const grace: Identifier = { kind: 'username', value: 'grace' };
    const { userPoolId, connectionId } = pool;
    const proven = { userPoolId, connectionId, externalId: 7, profile: { username: 'grace' }, typed: grace };
    await store.attempts.begin(from(HOME, grace));
    const migrated = { ...proven, credential: credentialOf('right') };
    expect(await store.users.migrate(migrated, { attempt: from(HOME, grace) })).toMatchObject({ verdict: 'migrated' });
    await guesses(11, ELSEWHERE, grace);
    expect(await tries(HOME, grace)).toBe(true);
  });

  it('by no wrong password, no password of somebody blocked, and no login without an address', async () => {
    await guesses(3, HOME);
    await store.attempts.proven(from(HOME));
    await logsIn('');
    expect(await marks()).toHaveLength(0);
  });

  it('by nothing that the legacy user store alone has proven: who is left here from before is not touched', async () => {
    await store.attempts.begin(from(HOME));
    await store.attempts.loggedIn(from(HOME), true);
    expect(await marks()).toHaveLength(0);
  });

  it('once, and gives way to the sixteenth after it', async () => {
    await logsIn(HOME);
    await logsIn(HOME);
    expect(await marks()).toHaveLength(8);
    for (let n = 1; n <= 16; n += 1) await logsIn(`198.51.100.${n}`);
    expect(await marks()).toHaveLength(16 * 8);
    await guesses(11, ELSEWHERE);
    expect(await tries(HOME)).toBe(false);
    expect(await tries('198.51.100.1')).toBe(true);
  });

  it('without being named: not in the store, nor by having one mark for two users', async () => {
    const other = { userPoolId: pool.userPoolId, profile: { username: 'bob' }, credential: credentialOf('right') };
    await store.users.create(other, ADMIN);
    await logsIn(HOME);
    await logsIn(HOME, { kind: 'username', value: 'bob' });
    const rows = await database.query<{ known: string }>(
      `SELECT encode(known_addresses, 'hex') AS known FROM credentials WHERE known_addresses IS NOT NULL`,
    );
    expect(new Set(rows.map(({ known }) => known)).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThanOrEqual(2);
    expect(await database.dump()).not.toContain(HOME);
  });
});
