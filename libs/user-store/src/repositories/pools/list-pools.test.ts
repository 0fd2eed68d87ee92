import { beforeAll, describe, expect, it } from 'vitest';
import { useTestStore } from '../../store-for-tests.ts';

const ids = new Map<string, string>();
const NAMES = ['Acme', 'Börse', '100% sure', '100x sure', 'acme two', 'under_score', 'underxscore'];
const { store } = useTestStore();
beforeAll(async () => {
  for (const name of NAMES) {
    const { id } = await store.pools.create({ name, metadata: {}, revealRejectionDetails: false });
    ids.set(name, id);
  }
});

const PAGE = { size: 50, token: '' };
const found = async (search: string, of?: readonly string[]) =>
  (await store.pools.list({ search, ids: of }, PAGE)).items.map(({ name }) => name);

describe('the list of user pools', () => {
  it('has all of them page by page, each once, in one order', async () => {
    const seen: string[] = [];
    let token = '';
    do {
      const page = await store.pools.list({ search: '' }, { size: 2, token });
      seen.push(...page.items.map(({ name }) => name));
      token = page.nextPageToken;
    } while (token !== '');
    expect(seen).toEqual(await found(''));
    expect(seen.toSorted()).toEqual(NAMES.toSorted());
  });

  it('is searched by a part of the name in any case, wildcards meant as they are written', async () => {
    expect((await found('ACME')).toSorted()).toEqual(['Acme', 'acme two']);
    expect([await found('100%'), await found('r_s'), await found('\\')]).toEqual([['100% sure'], ['under_score'], []]);
    expect(await found("' OR true --")).toEqual([]);
  });

  it('is only of those that were asked for, and of none where there are none', async () => {
    const acme = ids.get('Acme') ?? '';
    expect(await found('', [acme])).toEqual(['Acme']);
    expect(await found('', [])).toEqual([]);
    expect(await found('', ['*', 'no id'])).toEqual([]);
  });

  it('takes no token that it did not give', async () => {
    await expect(store.pools.list({ search: '' }, { size: 2, token: 'x' })).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
    });
  });
});
