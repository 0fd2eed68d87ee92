import { beforeEach, describe, expect, it } from 'vitest';
import { useTestStore } from '../../store-for-tests.ts';

let now = new Date('2026-11-24T12:00:00Z');
const { database, store } = useTestStore({ clock: () => now, keptDays: { audit: 90, logins: 400 } });
let userPoolId: string;
beforeEach(async () => {
  userPoolId = (await store.pools.create({ name: 'p', metadata: {}, revealRejectionDetails: false })).id;
});

const append = (target: string, at?: Date) =>
  store.audit.append(userPoolId, {
    at,
    actor: 'key-1',
    action: 'ConnectionService/TestScript',
    target,
    requestId: 'r-1',
  });

describe('the audit', () => {
  it('has who, what and when, the newest first, page by page, equal times too', async () => {
    for (const target of ['a', 'b', 'c', 'd', 'e']) await append(target);
    const earlier = new Date(now.getTime() - 1_000);
    await append('earlier', earlier);
    const pages = [await store.audit.list(userPoolId, { size: 4, token: '' })];
    pages.push(await store.audit.list(userPoolId, { size: 4, token: pages[0]?.nextPageToken ?? '' }));
    const items = pages.flatMap((page) => page.items);
    expect(items.map(({ target }) => target).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'earlier']);
    expect(items[0]).toMatchObject({
      at: now,
      actor: 'key-1',
      action: 'ConnectionService/TestScript',
      requestId: 'r-1',
    });
    expect(items[5]).toMatchObject({ target: 'earlier', at: earlier });
    expect(pages[1]?.nextPageToken).toBe('');
  });

  it('of a pool that does not exist, or after a token of somebody else, is refused', async () => {
    for (const wrong of ['00000000-0000-4000-8000-000000000000', 'no uuid']) {
      const gone = { reason: 'USER_POOL_NOT_FOUND' };
      await expect(store.audit.list(wrong, { size: 0, token: '' })).rejects.toMatchObject(gone);
      await expect(
        store.audit.append(wrong, { actor: 'a', action: 'b', target: 'c', requestId: '' }),
      ).rejects.toMatchObject(gone);
    }
    for (const token of ['!', 'bnVsbA', Buffer.from('["2026-11-24T12:00:00.000Z","x"]').toString('base64url')])
      await expect(store.audit.list(userPoolId, { size: 0, token })).rejects.toMatchObject({
        reason: 'INVALID_ARGUMENT',
      });
  });

  it('is kept as long as the operator says, and then swept away', async () => {
    const DAY_MS = 86_400_000;
    const started = now;
    for (const [days, target] of [
      [0, 'old'],
      [1, 'a day younger'],
      [45, 'young'],
    ] as const)
      await append(target, new Date(started.getTime() + days * DAY_MS));
    const kept = async () =>
      (await store.audit.list(userPoolId, { size: 0, token: '' })).items.map(({ target }) => target);
    now = new Date(started.getTime() + 90 * DAY_MS);
    await store.audit.sweep();
    expect(await kept()).toEqual(['young', 'a day younger', 'old']);
    now = new Date(started.getTime() + 91 * DAY_MS + 1);
    await store.audit.sweep();
    expect(await kept()).toEqual(['young']);
  });

  it('is not lost with the change that it tells of, nor kept without it', async () => {
    await database.query('ALTER TABLE audit_entries RENAME TO gone');
    now = new Date(now.getTime() + 1_000);
    await expect(store.pools.setPlan(userPoolId, 'basic', { actor: 'key-1' })).rejects.toThrow('42P01');
    await database.query('ALTER TABLE gone RENAME TO audit_entries');
    expect((await store.pools.get(userPoolId)).plan).toBe('enterprise');
  });
});
