import { beforeEach, describe, expect, it } from 'vitest';
import { openStoreForTests, useTestStore } from '../store-for-tests.ts';

const { database, store } = useTestStore();
beforeEach(() => database.query('DELETE FROM pepper_checks').then(() => undefined));

const checks = (values: Record<string, string>) =>
  new Map(Object.entries(values).map(([id, value]) => [id, Buffer.from(value)]));

describe('a pepper', () => {
  it('is noted at the first start that is given it, and known again at the next', async () => {
    expect(await store.otherPeppers(checks({ p1: 'one' }))).toEqual([]);
    expect(await store.otherPeppers(checks({ p1: 'one', p2: 'two' }))).toEqual([]);
    expect(await store.otherPeppers(checks({ p2: 'two' }))).toEqual([]);
  });

  it('that is another one under the same id is named, and does not take the place of the first', async () => {
    await store.otherPeppers(checks({ p1: 'one', p2: 'two' }));
    for (let start = 0; start < 2; start += 1)
      expect(await store.otherPeppers(checks({ p1: 'another', p2: 'two', p3: 'three' }))).toEqual(['p1']);
    expect(await store.otherPeppers(checks({ p1: 'one', p2: 'two', p3: 'three' }))).toEqual([]);
  });

  it('is one of those that came when several replicas start at once, and all others are named', async () => {
    await using replica = await openStoreForTests(database.url);
    const starts = Array.from({ length: 12 }, (_, at) =>
      (at % 2 ? store : replica).otherPeppers(checks({ [`p${(at % 3) % 2}`]: `${at}`, same: 'same', p9: `${at % 4}` })),
    );
    const named = await Promise.all(starts);
    for (const [id, others] of [
      ['p0', 7],
      ['p1', 3],
      ['p9', 9],
      ['same', 0],
    ] as const)
      expect(named.filter((ids) => ids.includes(id))).toHaveLength(others);
  });

  it('is held against what is noted also while the store is read-only, and noted at a later start', async () => {
    await store.otherPeppers(checks({ p1: 'one' }));
    // As a server answers that is read-only, for every way to it, a pooler with connections of before included.
    await database.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'read-only' USING ERRCODE = 'read_only_sql_transaction'; END $$;
      CREATE TRIGGER read_only BEFORE INSERT ON pepper_checks FOR EACH ROW EXECUTE FUNCTION refuse()`);
    expect(await store.otherPeppers(checks({ p1: 'another', p2: 'two' }))).toEqual(['p1']);
    await database.query('DROP TRIGGER read_only ON pepper_checks');
    const noted = 'SELECT pepper_id AS id FROM pepper_checks ORDER BY 1';
    expect(await database.query(noted)).toEqual([{ id: 'p1' }]);
    await store.otherPeppers(checks({ p2: 'two' }));
    expect(await database.query(noted)).toEqual([{ id: 'p1' }, { id: 'p2' }]);
  });
});
