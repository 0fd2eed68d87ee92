import { createHash } from 'node:crypto';
import { leadsThroughPooler } from '@userferry/testing';
import { describe, expect, it } from 'vitest';
import { migrateStore } from '../../migrate-store.ts';
import { ADMIN, useTestStore } from '../../store-for-tests.ts';

const MINUTE_MS = 60_000;
let now = new Date('2026-11-24T12:00:00Z');
const { database, store } = useTestStore({ clock: () => now });

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const inMs = (ms: number) => new Date(now.getTime() + ms);
const passes = (ms: number) => {
  now = inMs(ms);
};
const newPool = async () => (await store.pools.create({ name: 'p', metadata: {}, revealRejectionDetails: false })).id;
const newKey = async (more: { scopes?: readonly string[]; expiresAt?: Date } = {}) => {
  const userPoolId = await newPool();
  const { apiKey, secret } = await store.apiKeys.create({ userPoolId, role: 'admin', name: 'key', ...more });
  return { userPoolId, id: apiKey.id, secret, prefix: apiKey.prefix };
};
const find = (secret: string) => store.apiKeys.find(sha256(secret));
const EXPIRED = { reason: 'API_KEY_EXPIRED' };

describe('an API key', () => {
  it('may all that its role may unless scopes are named, and lives for ever unless an end is', async () => {
    expect(await find((await newKey()).secret)).toMatchObject({ scopes: null, expiresAt: null, validUntil: null });
    const { secret } = await newKey({ scopes: ['users:read'], expiresAt: inMs(MINUTE_MS) });
    expect(await find(secret)).toMatchObject({ scopes: ['users:read'], validUntil: inMs(MINUTE_MS) });
  });

  it('ends when it expires, and says so', async () => {
    const { secret } = await newKey({ expiresAt: inMs(MINUTE_MS) });
    passes(MINUTE_MS - 1);
    expect(await find(secret)).toBeDefined();
    passes(1);
    await expect(find(secret)).rejects.toMatchObject(EXPIRED);
  });

  it('that is rotated has a new secret at once; the one before goes on for its grace and no longer', async () => {
    const { secret, ...place } = await newKey();
    const rotated = await store.apiKeys.rotate({ ...place, graceMs: MINUTE_MS });
    expect(rotated.secret).not.toBe(secret);
    expect(await find(rotated.secret)).toMatchObject({ id: place.id, validUntil: null });
    expect(await find(secret)).toMatchObject({ id: place.id, validUntil: inMs(MINUTE_MS) });
    passes(MINUTE_MS);
    await expect(find(secret)).rejects.toMatchObject(EXPIRED);
    expect(await find(rotated.secret)).toBeDefined();
  });

  it('that is rotated without grace, or twice, leaves nothing of the secrets before', async () => {
    const { secret: first, ...place } = await newKey();
    const second = await store.apiKeys.rotate({ ...place, graceMs: MINUTE_MS });
    const third = await store.apiKeys.rotate({ ...place, graceMs: 0 });
    expect(await find(first)).toBeUndefined();
    await expect(find(second.secret)).rejects.toMatchObject(EXPIRED);
    expect(await find(third.secret)).toMatchObject({ id: place.id });
  });

  it('that is rotated does not make the secret before live longer than it would have', async () => {
    const { secret, ...place } = await newKey({ expiresAt: inMs(MINUTE_MS) });
    await store.apiKeys.rotate({ ...place, graceMs: 10 * MINUTE_MS, expiresAt: inMs(20 * MINUTE_MS) });
    passes(MINUTE_MS);
    await expect(find(secret)).rejects.toMatchObject(EXPIRED);
  });

  it('that is revoked takes both secrets with it, and is rotated no more', async () => {
    const { secret, ...place } = await newKey();
    const rotated = await store.apiKeys.rotate({ ...place, graceMs: MINUTE_MS });
    await store.apiKeys.revoke(place.userPoolId, place.id);
    expect([await find(secret), await find(rotated.secret)]).toEqual([undefined, undefined]);
    await expect(store.apiKeys.rotate({ ...place, graceMs: 0 })).rejects.toMatchObject({ reason: 'API_KEY_NOT_FOUND' });
  });

  it('of another pool can be neither seen nor rotated', async () => {
    const [{ id }, foreign] = [await newKey(), await newPool()];
    const NOT_FOUND = { reason: 'API_KEY_NOT_FOUND' };
    await expect(store.apiKeys.get(foreign, id)).rejects.toMatchObject(NOT_FOUND);
    await expect(store.apiKeys.rotate({ userPoolId: foreign, id, graceMs: 0 })).rejects.toMatchObject(NOT_FOUND);
    expect((await store.apiKeys.list(foreign, { size: 0, token: '' })).items).toEqual([]);
  });
});

describe('a rotation that is repeated, as when its answer was lost', () => {
  const DAY_MS = 86_400_000;
  /** Rotates so often, and says which secrets go on: the first one first. */
  const rotated = async (graces: readonly number[], more: { expiresAt?: Date } = {}) => {
    const { secret, ...place } = await newKey(more);
    const secrets = [secret];
    for (const graceMs of graces) {
      secrets.push((await store.apiKeys.rotate({ ...place, graceMs, ...more })).secret);
      passes(1_000);
    }
    return { ...place, secrets };
  };
  const untilOf = (secret: string) =>
    find(secret).then(
      (key) => key?.validUntil,
      (error: { reason: string }) => error.reason,
    );
  const ended = [undefined, 'API_KEY_EXPIRED'];

  it('ends none that callers hold: each goes on for the grace that it was given', async () => {
    const { id, secrets } = await rotated([DAY_MS, DAY_MS, DAY_MS]);
    for (const secret of secrets) expect(await find(secret)).toMatchObject({ id });
    const [first = '', second = '', third = '', fourth = ''] = secrets;
    expect(await untilOf(first)).toEqual(inMs(DAY_MS - 3_000));
    expect([await untilOf(second), await untilOf(third)]).toEqual([inMs(DAY_MS - 2_000), inMs(DAY_MS - 1_000)]);
    passes(DAY_MS - 3_000);
    await expect(find(first)).rejects.toMatchObject(EXPIRED);
    expect(await find(second)).toBeDefined();
    passes(2_000);
    for (const secret of [second, third]) await expect(find(secret)).rejects.toMatchObject(EXPIRED);
    expect(await untilOf(fourth)).toBeNull();
  });

  it('at the same moment, too', async () => {
    const { secret, ...place } = await newKey();
    const both = await Promise.all([1, 2].map(() => store.apiKeys.rotate({ ...place, graceMs: DAY_MS })));
    for (const one of [secret, ...both.map((rotation) => rotation.secret)])
      expect(await find(one)).toMatchObject({ id: place.id });
  });

  it('with less grace ends all from before by then, and without any at once', async () => {
    const { secrets, ...place } = await rotated([DAY_MS, DAY_MS, MINUTE_MS]);
    for (const secret of secrets.slice(0, 3)) expect(await untilOf(secret)).toEqual(inMs(MINUTE_MS - 1_000));
    await store.apiKeys.rotate({ ...place, graceMs: 0 });
    for (const secret of secrets) expect(ended).toContain(await untilOf(secret));
  });

  it('with more grace brings none back and lengthens none', async () => {
    const { secrets, ...place } = await rotated([0, MINUTE_MS]);
    const [first = '', second = ''] = secrets;
    await store.apiKeys.rotate({ ...place, graceMs: DAY_MS });
    expect([await untilOf(first), await untilOf(second)]).toEqual([undefined, inMs(MINUTE_MS - 1_000)]);
    passes(MINUTE_MS);
    await store.apiKeys.rotate({ ...place, graceMs: DAY_MS });
    expect(ended).toContain(await untilOf(second));
  });

  it('lengthens none beyond the end that its key had', async () => {
    const { secrets, ...place } = await rotated([DAY_MS], { expiresAt: inMs(MINUTE_MS) });
    const [first = ''] = secrets;
    await store.apiKeys.rotate({ ...place, graceMs: DAY_MS, expiresAt: inMs(9 * DAY_MS) });
    expect(await untilOf(first)).toEqual(inMs(MINUTE_MS - 1_000));
  });

  it('leaves ten secrets at the most: of more, those that would end first have ended', async () => {
    const { id, secrets } = await rotated(Array(11).fill(DAY_MS));
    for (const secret of secrets.slice(0, 2)) expect(await find(secret)).toBeUndefined();
    for (const secret of secrets.slice(2)) expect(await find(secret)).toMatchObject({ id });
    const kept = await database.query('SELECT 1 FROM earlier_key_secrets WHERE api_key_id = $1', [id]);
    expect(kept).toHaveLength(8);
  });

  it('does not outlive the key', async () => {
    const { secrets, userPoolId, id } = await rotated([DAY_MS, DAY_MS]);
    await store.apiKeys.revoke(userPoolId, id);
    for (const secret of secrets) expect(await find(secret)).toBeUndefined();
  });

  it('is done by a version before, too, whose grace holds for the earlier ones', async () => {
    const { secrets, ...place } = await rotated([DAY_MS, DAY_MS]);
    const [first = '', second = '', third = ''] = secrets;
    // As that rotates without grace: it knows the key and the secret before alone.
    await database.query(
      `UPDATE api_keys SET secret_sha256 = $2, previous_sha256 = secret_sha256, previous_until = $3 WHERE id = $1`,
      [place.id, sha256('of the version before'), now],
    );
    for (const secret of [first, second, third]) expect(ended).toContain(await untilOf(secret));
    await store.apiKeys.rotate({ ...place, graceMs: DAY_MS });
    for (const secret of [first, second, third]) expect(ended).toContain(await untilOf(secret));
    expect(await find('of the version before')).toMatchObject({ id: place.id });
  });
});

describe('the list of keys', () => {
  it('goes page by page from the newest, without revoked ones, and holds no secret', async () => {
    const { userPoolId, id, secret } = await newKey();
    for (const name of ['b', 'c', 'd']) {
      passes(1_000);
      await store.apiKeys.create({ userPoolId, role: 'edge', name });
    }
    const first = await store.apiKeys.list(userPoolId, { size: 2, token: '' });
    const second = await store.apiKeys.list(userPoolId, { size: 2, token: first.nextPageToken });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(['d', 'c', 'b', 'key']);
    expect(second.nextPageToken).toBe('');
    const shown = JSON.stringify([first, second]);
    expect(shown).toContain(secret.slice(0, 10));
    expect(shown).not.toContain(secret.slice(0, 11));
    expect(shown).not.toMatch(/sha256/i);
    await store.apiKeys.revoke(userPoolId, id);
    expect((await store.apiKeys.list(userPoolId, { size: 9, token: '' })).items).toHaveLength(3);
  });

  it('says when a key was used last: the latest of what gateways tell, none of it ahead of us', async () => {
    const { userPoolId, id } = await newKey();
    const lastUse = async () => (await store.apiKeys.get(userPoolId, id)).lastUsedAt;
    expect(await lastUse()).toBeNull();
    const at = inMs(-MINUTE_MS);
    await store.apiKeys.noteUses([
      { id, at },
      { id: 'no id', at },
      { id: crypto.randomUUID(), at },
    ]);
    expect(await lastUse()).toEqual(at);
    await store.apiKeys.noteUses([{ id, at: inMs(-2 * MINUTE_MS) }]);
    expect(await lastUse()).toEqual(at);
    await store.apiKeys.noteUses([{ id, at: inMs(MINUTE_MS) }]);
    expect(await lastUse()).toEqual(now);
    await store.apiKeys.noteUses([]);
  });
});

it('a key that somebody thought of shows nothing of itself', async () => {
  const given = 'an-operator-key-of-our-own-making-1234';
  await migrateStore({
    throughPooler: leadsThroughPooler(),
    databaseUrl: database.url,
    connectTimeoutMs: 5_000,
    operatorKey: given,
  });
  const [key] = (await store.apiKeys.list('*', { size: 1, token: '' })).items;
  expect(key).toMatchObject({ name: 'set by environment', prefix: null });
});

it('a version before, which knows nothing of all this, writes and reads keys beside this one', async () => {
  const userPoolId = await newPool();
  const id = crypto.randomUUID();
  await database.query(
    `INSERT INTO api_keys (id, name, role, user_pool_id, secret_sha256, created_at, revoked_at)
     VALUES ($1, 'old', 'edge', $2, $3, now(), NULL)`,
    [id, userPoolId, sha256('old')],
  );
  expect(await find('old')).toMatchObject({ id, scopes: null, validUntil: null, prefix: null });
});

describe('the audit of keys', () => {
  const auditOf = async (userPoolId: string) =>
    (await store.audit.list(userPoolId, { size: 0, token: '' })).items.toReversed();

  /** A key is made, rotated and revoked twice. */
  const lifeOf = async (key: { userPoolId: string; role: 'edge' | 'operator' }) => {
    const { apiKey } = await store.apiKeys.create({ ...key, name: 'n', scopes: ['logins'] }, ADMIN);
    const place = { userPoolId: key.userPoolId, id: apiKey.id };
    passes(1_000);
    await store.apiKeys.rotate({ ...place, graceMs: MINUTE_MS }, ADMIN);
    for (const _ of [1, 2]) {
      passes(1_000);
      await store.apiKeys.revoke(key.userPoolId, apiKey.id, ADMIN);
    }
    const entry = (call: string, at: Date, facts = '') => ({
      ...ADMIN,
      at,
      action: `ApiKeyService/${call}`,
      target: `key ${apiKey.id}${facts}`,
    });
    return [
      entry('CreateApiKey', inMs(-3_000), `, name n, role ${key.role}, logins`),
      entry('RotateApiKey', inMs(-2_000), ', the secret before goes on for 60 s'),
      entry('RevokeApiKey', inMs(-1_000)),
    ];
  };

  it('has who made, rotated and revoked a key, and nothing of a revocation of what was revoked', async () => {
    const userPoolId = await newPool();
    const expected = await lifeOf({ userPoolId, role: 'edge' });
    expect(await auditOf(userPoolId)).toEqual(expected);
  });

  it('has the same of operators’ keys, under what stands for every pool', async () => {
    const expected = await lifeOf({ userPoolId: '*', role: 'operator' });
    const { actor } = ADMIN;
    expect((await auditOf('*')).filter((entry) => entry.actor === actor)).toEqual(expected);
    expect(await auditOf(await newPool())).toEqual([]);
    await expect(auditOf('00000000-0000-0000-0000-000000000000')).rejects.toMatchObject({
      reason: 'USER_POOL_NOT_FOUND',
    });
  });

  it('is not lost with the change that it tells of: neither a key, nor a secret, nor an end without its entry', async () => {
    const { secret, ...place } = await newKey();
    const { userPoolId, id } = place;
    await database.query('ALTER TABLE audit_entries RENAME TO gone');
    try {
      const more = { name: 'more', metadata: {}, revealRejectionDetails: false };
      const changes = [
        () => store.pools.create(more, ADMIN),
        () => store.apiKeys.create({ userPoolId, role: 'edge', name: 'more' }, ADMIN),
        () => store.apiKeys.rotate({ ...place, graceMs: 0 }, ADMIN),
        () => store.apiKeys.revoke(userPoolId, id, ADMIN),
      ];
      for (const change of changes) await expect(change()).rejects.toThrow('42P01');
    } finally {
      await database.query('ALTER TABLE gone RENAME TO audit_entries');
    }
    expect((await store.pools.list({ ids: undefined, search: 'more' }, { size: 0, token: '' })).items).toEqual([]);
    expect((await store.apiKeys.list(userPoolId, { size: 0, token: '' })).items).toMatchObject([{ rotatedAt: null }]);
    expect(await find(secret)).toMatchObject({ id, validUntil: null });
  });
});
