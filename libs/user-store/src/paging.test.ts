import { beforeAll, describe, expect, it } from 'vitest';
import { type Page, type Paged, pagedOf, tokenOf } from './paging.ts';
import { poolWithConnection, useTestStore } from './store-for-tests.ts';

const { store } = useTestStore();
let userPoolId: string;
beforeAll(async () => {
  ({ userPoolId } = await poolWithConnection(store));
});

type List = (page: Page) => Promise<Paged<unknown>>;

const ID = '00000000-0000-4000-8000-000000000000';
const TIME = '2024-02-29T00:00:00.000Z';
const LISTS: Record<string, { readonly list: List; readonly given: readonly string[] }> = {
  conflicts: { list: (page) => store.conflicts.list(userPoolId, page), given: [TIME, ID] },
  tombstones: { list: (page) => store.tombstones.list(userPoolId, page), given: [TIME, ID] },
  'API keys': { list: (page) => store.apiKeys.list(userPoolId, page), given: [TIME, ID] },
  'the audit': { list: (page) => store.audit.list(userPoolId, page), given: [TIME, ID] },
  runs: { list: (page) => store.scriptRuns.list({ userPoolId }, page), given: [TIME, 'run 1'] },
  pools: { list: (page) => store.pools.list({ search: '' }, page), given: ['Acme', ID] },
  versions: { list: (page) => store.connections.versions(userPoolId, page), given: ['3'] },
};

const NO_TIMES = [
  ['the 31st of February', '2024-02-31T00:00:00.000Z'],
  ['the 31st of February without milliseconds', '2024-02-31T00:00:00Z'],
  ['the 29th of February of a year without one', '2023-02-29T00:00:00.000Z'],
  ['a month and a day 99', '2024-99-99T00:00:00.000Z'],
  ['hour 25', '2024-02-29T25:00:00.000Z'],
  ['a time of dots', '2024-02-29T.........Z'],
  ['the year 0, which PostgreSQL does not have', '0000-01-01T00:00:00.000Z'],
] as const;

const ask = ({ list }: { readonly list: List }, values: readonly string[]) => list({ size: 2, token: tokenOf(values) });
const REFUSED = { reason: 'INVALID_ARGUMENT', metadata: { field: 'page_token' } };

const lists = Object.entries(LISTS);

describe.each(lists)('the list of %s', (_, asked) => {
  it('takes a token as it gives them', async () => {
    await expect(ask(asked, asked.given)).resolves.toHaveProperty('items');
  });

  it('answers INVALID_ARGUMENT to a page token with a NUL in it', async () => {
    for (const place of asked.given.keys()) {
      const forged = asked.given.with(place, `${asked.given[place]}\u0000`);
      await expect(ask(asked, forged)).rejects.toMatchObject(REFUSED);
    }
  });
});

describe.each(lists.filter(([, { given }]) => given[0] === TIME))('the list of %s, which goes by time', (_, asked) => {
  it.each(NO_TIMES)('answers INVALID_ARGUMENT to a page token with %s', async (_, no) => {
    await expect(ask(asked, asked.given.with(0, no))).rejects.toMatchObject(REFUSED);
  });
});

describe('a page whose rows would not fit in one message', () => {
  const MIB = 1024 * 1024;
  const rowOf = (mib: number, n: number) => ({ n, text: 'x'.repeat(mib * MIB - 100) });
  const told = (rows: readonly { n: number }[], size = 50) => {
    const { items, nextPageToken } = pagedOf(rows, { size, token: '' }, ({ n }) => [String(n)]);
    return { items: items.map(({ n }) => n), next: nextPageToken };
  };

  it('ends before the row that does not fit, which the next page begins with', () => {
    const rows = [1, 1, 1, 1, 1].map(rowOf);
    expect(told(rows)).toEqual({ items: [0, 1, 2], next: tokenOf(['2']) });
    expect(told(rows.slice(3))).toEqual({ items: [3, 4], next: '' });
  });

  it('has one row at least', () => {
    expect(told([3, 1].map((mib, n) => rowOf(mib + 1, n)))).toEqual({ items: [0], next: tokenOf(['0']) });
  });

  it('ends where it was to end when all fit', () => {
    expect(told([1, 1, 1].map(rowOf), 2)).toEqual({ items: [0, 1], next: tokenOf(['1']) });
  });
});
