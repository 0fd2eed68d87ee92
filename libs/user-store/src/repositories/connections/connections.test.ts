import { describe, expect, it } from 'vitest';
import { createSealer, type KeyRing } from '../../secrets/sealing.ts';
import { openStoreForTests, poolWithConnection, randomRing, useTestStore } from '../../store-for-tests.ts';
import { settingsPlace } from './connection-versions.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const ring = randomRing('k1');
const { database, store } = useTestStore({ keyRing: ring });

const save = (userPoolId: string, more: object = {}) =>
  store.connections.save({ userPoolId, mode: 'lazy_migration', egress: [], actor: 'key-1', ...more });

describe('a connection', () => {
  it('is new, disabled, at version 1 and shows names of variables, never values', async () => {
    const { userPoolId } = await poolWithConnection(store);
    const connection = await store.connections.get(userPoolId);
    expect(connection).toMatchObject({ version: 1, enabled: false, envNames: ['API_TOKEN', 'DB_CONNECTION_URI'] });
    expect(JSON.stringify(connection)).not.toContain('s3cr3t');
  });

  it('keeps what a save leaves out and replaces what it names', async () => {
    const { userPoolId } = await poolWithConnection(store);
    await save(userPoolId, { ownEnv: { OTHER: 'x' } });
    const { env, version, egress } = await store.connections.settings(userPoolId);
    expect(env).toEqual({ OTHER: 'x', DB_CONNECTION_URI: 'postgres://legacy:s3cr3t-uri@db/old' });
    expect({ version, egress }).toEqual({ version: 2, egress: [] });
  });

  it('makes a new version with every script and hands out the newest source', async () => {
    const { userPoolId } = await poolWithConnection(store);
    for (const source of ['first', 'second'])
      await store.connections.saveScript({ userPoolId, action: 'login', source, actor: 'key-1' });
    const { version, scripts } = await store.connections.settings(userPoolId);
    expect({ version, scripts }).toEqual({ version: 3, scripts: [{ action: 'login', source: 'second' }] });
  });

  it('takes effect at once when it is enabled, in the same version', async () => {
    const { userPoolId } = await poolWithConnection(store);
    await store.connections.setEnabled({ userPoolId, enabled: true, actor: 'key-1' });
    const { connection } = await store.pools.loginFacts(userPoolId);
    expect(connection).toMatchObject({ enabled: true, version: 1, mode: 'lazy_migration' });
  });

  it('loses no save when several come at once', async () => {
    const { id: userPoolId } = await store.pools.create({ name: 'p', metadata: {}, revealRejectionDetails: true });
    await Promise.all(['a', 'b', 'c'].map((name) => save(userPoolId, { ownEnv: { [name]: '1' } })));
    expect((await store.connections.get(userPoolId)).version).toBe(3);
  });

  it('takes no save that keeps values of a version that is no longer current', async () => {
    const { userPoolId } = await poolWithConnection(store);
    await save(userPoolId, { ownEnv: { API_TOKEN: 'changed' }, keptFromVersion: 1 });
    const late = save(userPoolId, { ownEnv: { API_TOKEN: 's3cr3t-token' }, keptFromVersion: 1 });
    await expect(late).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    expect(await store.connections.settings(userPoolId)).toMatchObject({ version: 2, env: { API_TOKEN: 'changed' } });
  });

  it('takes no save over settings that the caller has not seen, while scripts may have changed', async () => {
    const { userPoolId } = await poolWithConnection(store);
    await store.connections.saveScript({ userPoolId, action: 'login', source: 'source', actor: 'key-1' });
    await save(userPoolId, { isolation: 'per_run', expectedVersion: 1 });
    const refused = expect.objectContaining({ reason: 'CONCURRENT_CHANGE' });
    for (const expectedVersion of [0, 1, 2, 4])
      await expect(save(userPoolId, { ownEnv: {}, expectedVersion })).rejects.toEqual(refused);
    expect(await save(userPoolId, { isolation: 'per_run', ownEnv: {}, expectedVersion: 3 })).toMatchObject({
      version: 4,
    });
  });

  it('is made once by two who have seen none', async () => {
    const { id: userPoolId } = await store.pools.create({ name: 'p', metadata: {}, revealRejectionDetails: true });
    const [first, second] = await Promise.allSettled(
      [0, 0].map((expectedVersion) => save(userPoolId, { expectedVersion })),
    );
    expect([first?.status, second?.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await store.connections.get(userPoolId)).version).toBe(1);
  });

  it('takes no script over one that the caller has not seen, while others and settings may have changed', async () => {
    const { userPoolId } = await poolWithConnection(store);
    const script = (action: string, source: string, expectedVersion?: number) =>
      store.connections.saveScript({ userPoolId, action, source, actor: 'key-1', expectedVersion });
    await script('login', 'first', 1);
    await script('getUser', 'other');
    await save(userPoolId, { ownEnv: { OTHER: 'x' } });
    expect(await script('login', 'second', 2)).toMatchObject({ version: 5 });
    for (const expectedVersion of [1, 2, 4, 6])
      await expect(script('login', 'third', expectedVersion)).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    expect(await store.connections.script({ userPoolId, action: 'login', version: 0 })).toMatchObject({
      source: 'second',
    });
  });

  it('has other versions than the one before it, which was deleted: what was seen of that is not taken', async () => {
    const { userPoolId } = await poolWithConnection(store);
    await store.connections.saveScript({ userPoolId, action: 'login', source: 'source', actor: 'key-1' });
    await store.connections.delete({ userPoolId, actor: 'key-1' });
    expect(await save(userPoolId, { expectedVersion: 0 })).toMatchObject({ version: 3 });
    await store.connections.saveScript({ userPoolId, action: 'login', source: 'anew', actor: 'key-1' });
    const refused = expect.objectContaining({ reason: 'CONCURRENT_CHANGE' });
    for (const version of [1, 2])
      for (const seen of [{ expectedVersion: version }, { keptFromVersion: version }])
        await expect(save(userPoolId, { ownEnv: { OTHER: 'x' }, ...seen })).rejects.toEqual(refused);
    expect((await store.connections.get(userPoolId)).version).toBe(4);
  });

  it('has versions that never go back, though the version of ours before began each connection at 1', async () => {
    const { userPoolId } = await poolWithConnection(store);
    const remove = () => store.connections.delete({ userPoolId, actor: 'key-1' });
    const counted = (sql: string) =>
      database.query(`UPDATE user_pools SET deleted_versions = ${sql} WHERE id = '${userPoolId}'`);
    for (let turn = 0; turn < 2; turn += 1) await save(userPoolId, {});
    await remove();
    await counted('0');
    expect(await save(userPoolId, {})).toMatchObject({ version: 1 });
    await counted('3');
    await remove();
    expect(await save(userPoolId, {})).toMatchObject({ version: 4 });
  });

  it('has versions of its own where others made and deleted some at the same moment', async () => {
    const { id: userPoolId } = await store.pools.create({ name: 'p', metadata: {}, revealRejectionDetails: true });
    const since = new Date();
    const comeAndGo = async () => {
      for (let turn = 0; turn < 15; turn += 1) {
        await save(userPoolId, {}).catch(() => undefined);
        await store.connections.delete({ userPoolId, actor: 'key-1' }).catch(() => undefined);
      }
    };
    await Promise.all([comeAndGo(), comeAndGo(), comeAndGo(), comeAndGo()]);
    const twice = await database.query(
      `SELECT split_part(split_part(target, ',', 1), ' ', 2) AS version FROM audit_entries
       WHERE user_pool_id = $1 AND action LIKE '%/SaveConnection' AND at >= $2 GROUP BY 1 HAVING count(*) > 1`,
      [userPoolId, since],
    );
    expect(twice).toEqual([]);
  });

  it('reads settings of an old key and writes with the current one', async () => {
    const { userPoolId, connectionId } = await poolWithConnection(store);
    await store.connections.saveScript({ userPoolId, action: 'login', source: 'source', actor: 'key-1' });
    const rotated: KeyRing = { currentKeyId: 'k2', keys: new Map([...randomRing('k2').keys, ...ring.keys]) };
    await using later = await openStoreForTests(database.url, { keyRing: rotated });
    await later.connections.save({ userPoolId, mode: 'lazy_migration', egress: [], actor: 'key-1' });
    const settings = await later.connections.settings(userPoolId);
    expect(settings).toMatchObject({ env: { API_TOKEN: 's3cr3t-token' }, scripts: [{ source: 'source' }] });
    const [row] = await database.query<{ sealed_settings: string }>(
      'SELECT sealed_settings FROM connection_versions WHERE connection_id = $1 ORDER BY version DESC LIMIT 1',
      [connectionId],
    );
    expect(row?.sealed_settings).toMatch(/^v1:k2:/);
  });

  it('says which key is missing', async () => {
    const { userPoolId } = await poolWithConnection(store);
    await using other = await openStoreForTests(database.url, { keyRing: randomRing('k9') });
    await expect(other.connections.settings(userPoolId)).rejects.toThrow('there is no encryption key "k1"');
  });

  it('whose key is lost can be switched off, and saved anew with everything that it sealed', async () => {
    const { userPoolId } = await poolWithConnection(store);
    await store.connections.setEnabled({ userPoolId, enabled: true, actor: 'key-1' });
    await using other = await openStoreForTests(database.url, { keyRing: randomRing('k9') });
    const off = await other.connections.setEnabled({ userPoolId, enabled: false, actor: 'key-1' });
    expect(off).toMatchObject({ enabled: false, version: 1, envNames: [] });
    const { connection } = await store.pools.loginFacts(userPoolId);
    expect(connection).toMatchObject({ enabled: false });
    const anew = { userPoolId, mode: 'lazy_migration', egress: [], actor: 'key-1' } as const;
    await expect(other.connections.save({ ...anew, ownEnv: { A: '1' } })).rejects.toThrow('there is no encryption key');
    await other.connections.save({ ...anew, addressEnv: {}, ownEnv: { A: '1' } });
    expect(await other.connections.settings(userPoolId)).toMatchObject({ version: 2, env: { A: '1' } });
    const [latest] = (await other.connections.versions(userPoolId, { size: 0, token: '' })).items;
    expect(latest?.changes).toEqual(['address', 'env', 'egress']);
  });

  it('shows no script of another that its row was made to name, whether that is sealed in it or was saved before', async () => {
    const [mine, other] = [await poolWithConnection(store), await poolWithConnection(store)];
    const script = { action: 'login', source: '// s3cr3t' };
    await store.connections.saveScript({ ...other, ...script, actor: 'key-1' });
    const copy = `UPDATE connection_versions AS mine SET scripts = other.scripts FROM connection_versions AS other
      WHERE mine.connection_id = $1 AND other.connection_id = $2 AND other.version = 2`;
    await database.query(copy, [mine.connectionId, other.connectionId]);
    const shown = () => store.connections.script({ ...mine, action: 'login', version: 0 });
    await expect(shown()).rejects.toMatchObject({ reason: 'SCRIPT_NOT_FOUND' });
    const before = createSealer(ring).seal('{"addressEnv":{},"ownEnv":{"A":"1"}}', settingsPlace(mine.connectionId, 1));
    const age = 'UPDATE connection_versions SET sealed_settings = $2 WHERE connection_id = $1';
    await database.query(age, [mine.connectionId, before]);
    await expect(shown()).rejects.toMatchObject({ reason: 'SCRIPT_NOT_FOUND' });
    expect(await store.connections.settings(mine.userPoolId)).toMatchObject({ env: { A: '1' }, scripts: [] });
  });

  it('opens for its own user pool alone, whatever its row says', async () => {
    const { userPoolId } = await poolWithConnection(store);
    const { id } = await store.pools.create({ name: 'other', metadata: {}, revealRejectionDetails: true });
    await database.query('UPDATE connections SET user_pool_id = $2 WHERE user_pool_id = $1', [userPoolId, id]);
    await expect(store.connections.settings(id)).rejects.toThrow('belong to another user pool');
    await expect(store.connections.get(id)).rejects.toThrow('belong to another user pool');
    await expect(save(id)).rejects.toThrow('belong to another user pool');
  });

  it('opens for its user pool in whatever case that was named', async () => {
    const { id } = await store.pools.create({ name: 'p', metadata: {}, revealRejectionDetails: false });
    await save(id.toUpperCase(), { ownEnv: { A: '1' } });
    expect((await store.connections.settings(id)).env).toEqual({ A: '1' });
    expect((await store.connections.settings(id.toUpperCase())).env).toEqual({ A: '1' });
  });

  it.each([NOBODY, 'no uuid', ''])('of a pool that does not exist (%j) is USER_POOL_NOT_FOUND', async (userPoolId) => {
    const reason = { reason: 'USER_POOL_NOT_FOUND' };
    await expect(store.connections.get(userPoolId)).rejects.toMatchObject(reason);
    await expect(store.connections.settings(userPoolId)).rejects.toMatchObject(reason);
    await expect(save(userPoolId)).rejects.toMatchObject(reason);
    await expect(store.connections.setEnabled({ userPoolId, enabled: true, actor: 'key-1' })).rejects.toMatchObject(
      reason,
    );
    await expect(store.pools.loginFacts(userPoolId)).rejects.toMatchObject(reason);
  });

  it('that is not there yet is CONNECTION_NOT_FOUND, and absent from what a login is told', async () => {
    const { id } = await store.pools.create({ name: 'p', metadata: { a: 1 }, revealRejectionDetails: true });
    await expect(store.connections.get(id)).rejects.toMatchObject({ reason: 'CONNECTION_NOT_FOUND' });
    const facts = await store.pools.loginFacts(id);
    expect(facts.connection).toBe(undefined);
    expect(facts.pool).toMatchObject({ name: 'p', metadata: { a: 1 }, revealRejectionDetails: true });
  });
});
