import type { ExternalId, Identifier, Profile } from '@userferry/user-model';
import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, credentialOf, poolWithConnection, useTestStore } from '../../store-for-tests.ts';
import type { ConflictResolution } from './conflicts.ts';

let now = new Date('2026-11-24T12:00:00Z');
const { database, store } = useTestStore({ clock: () => now });
let pool: { userPoolId: string; connectionId: string };
beforeEach(async () => {
  pool = await poolWithConnection(store);
});

const username = (value: string): Identifier => ({ kind: 'username', value });
const SHARED: Identifier = { kind: 'email', value: 'shared@example.com' };
/** Each migration comes to what was said of it before, when nothing was written. */
const migrate = async (externalId: ExternalId, profile: Profile, typed: Identifier, password = `of ${externalId}`) => {
  const supposed = { ...pool, externalId, profile, typed };
  const said = await store.users.previewMigration(supposed);
  expect(await store.users.previewMigration(supposed)).toBe(said);
  const result = await store.users.migrate({ ...supposed, credential: credentialOf(password) });
  expect(result.verdict).toBe(said);
  return result;
};
const eve = () => migrate(2, { email: 'Shared@example.com', username: 'eve' }, username('eve'));
const find = (selector: Identifier | { externalId: ExternalId }) => store.users.find(pool.userPoolId, selector);
const open = async () => (await store.conflicts.list(pool.userPoolId, { size: 0, token: '' })).items;
const resolve = async (resolution: ConflictResolution) => {
  const [conflict] = await open();
  await store.conflicts.resolve({ ...pool, conflictId: conflict?.conflictId ?? '', resolution }, ADMIN);
};
/** Ada is here with the e-mail that the legacy store says is Eve's, too. */
const localAda = async (): Promise<string> => {
  const profile = { email: 'shared@example.com', username: 'ada' };
  const result = await store.users.create({ ...pool, profile, credential: credentialOf('of ada') }, ADMIN);
  if (result.verdict !== 'ok') throw new Error(result.verdict);
  return result.user.userId;
};

describe('a conflict', () => {
  it('is named with the user who could not be stored and the one who has the identifier, and counts', async () => {
    const userId = await localAda();
    const firstSeenAt = now;
    expect(await eve()).toEqual({ verdict: 'conflict' });
    now = new Date(now.getTime() + 60_000);
    expect(await eve()).toEqual({ verdict: 'conflict' });
    expect(await open()).toEqual([
      {
        conflictId: expect.any(String),
        firstSeenAt,
        lastSeenAt: now,
        timesSeen: 2,
        externalId: 2,
        kind: 'email',
        value: 'Shared@example.com',
        userId,
      },
    ]);
    expect((await store.progress.counts(pool.userPoolId)).unresolvedConflicts).toBe(1);
  });

  it('is one for every identifier, and each keeps the legacy user out', async () => {
    await localAda();
    await store.users.create({ ...pool, profile: { phone: '+12025550143', username: 'bob' } }, ADMIN);
    const both = { email: 'shared@example.com', phone: '+1 202 555 0143', username: 'eve' };
    await migrate(2, both, username('eve'));
    expect((await open()).map(({ kind }) => kind).sort()).toEqual(['email', 'phone']);
    await resolve('give_to_legacy');
    expect(await migrate(2, both, username('eve'))).toEqual({ verdict: 'conflict' });
    await resolve('give_to_legacy');
    expect((await migrate(2, both, username('eve'))).verdict).toBe('migrated');
  });

  it('between two legacy users keeps out the second, whoever comes second', async () => {
    expect((await migrate(1, { email: SHARED.value }, username('one'))).verdict).toBe('migrated');
    expect(await eve()).toEqual({ verdict: 'conflict' });
    expect(await open()).toMatchObject([{ externalId: 2 }]);
  });

  it('is over at the next login when the user here has another identifier by then', async () => {
    const userId = await localAda();
    await eve();
    await store.users.update({ ...pool, userId, set: { email: 'ada@example.com' }, clear: [] }, ADMIN);
    expect((await eve()).verdict).toBe('migrated');
    expect(await open()).toEqual([]);
  });

  it('goes with the user here, whose tombstone then stands in the way', async () => {
    const userId = await localAda();
    await eve();
    await store.users.delete({ ...pool, userId }, ADMIN);
    expect(await open()).toEqual([]);
    expect(await eve()).toEqual({ verdict: 'tombstoned' });
  });
});

describe('the decision that they are one person', () => {
  it('ties the legacy id to the user here, whose password stays', async () => {
    const userId = await localAda();
    await eve();
    await resolve('same_person');
    expect(await open()).toEqual([]);
    const found = await find({ externalId: 2 });
    expect(found).toMatchObject({ verdict: 'ok', user: { userId, migrationState: 'migrated', externalId: 2 } });
    expect(found).toMatchObject({ credential: { hash: 'of ada' } });
    expect(await eve()).toMatchObject({ verdict: 'already_migrated', user: { userId } });
  });
});

describe('the decision that they are one person, where the user here has another identifier by then,', () => {
  it('is refused: nothing speaks for it any more', async () => {
    const userId = await localAda();
    await eve();
    await store.users.update({ ...pool, userId, set: { email: 'ada@example.com' }, clear: [] }, ADMIN);
    await expect(resolve('same_person')).rejects.toMatchObject({ reason: 'CONFLICT_NOT_FOUND' });
    expect(await find({ externalId: 2 })).toEqual({ verdict: 'not_found' });
    expect(await eve()).toMatchObject({ verdict: 'migrated', user: { externalId: 2 } });
  });
});

describe('in a custom user store', () => {
  it.each<ConflictResolution>(['same_person', 'give_to_legacy', 'keep_local'])(
    'nothing is decided: %s',
    async (resolution) => {
      await localAda();
      await eve();
      await store.connections.save({ ...pool, mode: 'custom_user_store', egress: [], ...ADMIN });
      await store.connections.setEnabled({ ...pool, enabled: true, ...ADMIN });
      await expect(resolve(resolution)).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
      expect(await open()).toHaveLength(1);
    },
  );
});

describe('the decision that the identifier is the legacy user’s', () => {
  it('takes it from the user here, and the other migrates with it', async () => {
    const userId = await localAda();
    await eve();
    await resolve('give_to_legacy');
    expect(await find(username('ada'))).toMatchObject({ user: { userId, profile: { username: 'ada' } } });
    expect((await eve()).verdict).toBe('migrated');
    expect(await find(SHARED)).toMatchObject({ user: { externalId: 2 } });
  });

  it('takes with it that it was verified, and nothing that was said of another', async () => {
    const who = { ...pool, userId: await localAda() };
    const verified = { phone: '+1 202 555 0143', phoneVerified: true, emailVerified: true };
    await store.users.update({ ...who, set: verified, clear: [] }, ADMIN);
    await eve();
    await resolve('give_to_legacy');
    const found = await find(username('ada'));
    const profile = found.verdict === 'ok' ? found.user.profile : {};
    expect([profile.emailVerified, profile.phoneVerified]).toEqual([undefined, true]);
  });
});

describe('the decision that would leave the user here nothing to log in by', () => {
  it('is refused', async () => {
    await store.users.create({ ...pool, profile: { email: SHARED.value } }, ADMIN);
    await eve();
    await expect(resolve('give_to_legacy')).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
    expect([(await find(SHARED)).verdict, (await open()).length]).toEqual(['ok', 1]);
  });
});

describe('the decision that the user here keeps it', () => {
  it('lets the other migrate without it, then and after', async () => {
    const userId = await localAda();
    await eve();
    await resolve('keep_local');
    expect(await open()).toEqual([]);
    const result = await eve();
    expect(result).toMatchObject({ verdict: 'migrated', user: { externalId: 2, profile: { username: 'eve' } } });
    expect('user' in result && result.user.profile).not.toHaveProperty('email');
    expect(await find(SHARED)).toMatchObject({ user: { userId } });
  });

  it('takes with the e-mail that it was verified, and leaves the phone’s', async () => {
    await localAda();
    const profile = { email: SHARED.value, emailVerified: true, phone: '+12025550143', phoneVerified: true };
    await migrate(2, profile, username('eve'));
    await resolve('keep_local');
    await migrate(2, profile, username('eve'));
    const found = await find({ externalId: 2 });
    const shown = found.verdict === 'ok' ? found.user.profile : undefined;
    expect(shown).toMatchObject({ phone: '+12025550143', phoneVerified: true });
    expect(Object.keys(shown ?? {})).not.toContain('emailVerified');
  });

  it.each<[string, (ada: string) => Promise<unknown>]>([
    ['who has not migrated', () => store.users.deleteLegacy({ ...pool, externalId: 2, profile: {} }, ADMIN)],
    [
      'who has migrated',
      async () => {
        const result = await eve();
        await store.users.delete({ ...pool, userId: 'user' in result ? result.user.userId : '' }, ADMIN);
      },
    ],
    ['who has it here', (userId) => store.users.delete({ ...pool, userId }, ADMIN)],
  ])('goes with the user %s, and the identifier with it', async (_, remove) => {
    const userId = await localAda();
    await eve();
    await resolve('keep_local');
    await remove(userId);
    expect(await database.query('SELECT FROM identifier_conflicts WHERE user_pool_id = $1', [pool.userPoolId])).toEqual(
      [],
    );
  });

  it('is asked for once more where nothing would be left to log in by', async () => {
    await localAda();
    const nameless = () => migrate(2, { email: SHARED.value }, SHARED);
    await nameless();
    await resolve('keep_local');
    expect(await nameless()).toEqual({ verdict: 'conflict' });
    expect(await open()).toHaveLength(1);
  });
});

describe('a decision', () => {
  it('is made once, in its own pool, by somebody whom the audit names', async () => {
    await localAda();
    await eve();
    const [conflict] = await open();
    const conflictId = conflict?.conflictId ?? '';
    const decision = { conflictId, resolution: 'keep_local' as const };
    const other = await poolWithConnection(store);
    const notFound = { reason: 'CONFLICT_NOT_FOUND' };
    await expect(store.conflicts.resolve({ ...other, ...decision }, ADMIN)).rejects.toMatchObject(notFound);
    const twice = [1, 2].map(() => store.conflicts.resolve({ ...pool, ...decision }, ADMIN));
    expect((await Promise.allSettled(twice)).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const wrong = { ...pool, ...decision, conflictId: 'no uuid' };
    await expect(store.conflicts.resolve(wrong, ADMIN)).rejects.toMatchObject(notFound);
    const { items } = await store.audit.list(pool.userPoolId, { size: 0, token: '' });
    expect(items.filter(({ action }) => action === 'ConnectionService/ResolveConflict')).toMatchObject([
      { actor: 'key-1', requestId: 'request-1', target: `conflict ${conflictId}, keep_local` },
    ]);
  });

  it('merges nobody when the legacy user migrates at the same time', async () => {
    for (let round = 1; round <= 10; round++) {
      pool = await poolWithConnection(store);
      const userId = await localAda();
      await eve();
      await Promise.allSettled([resolve(round % 2 ? 'same_person' : 'give_to_legacy'), eve(), eve()]);
      const last = await eve();
      const ids = await database.query('SELECT 1 FROM external_ids WHERE user_pool_id = $1', [pool.userPoolId]);
      expect(ids).toHaveLength(1);
      expect('user' in last && last.user.userId === userId).toBe(round % 2 === 1);
    }
  });
});
