import type { Json } from '@userferry/user-model';
import { describe, expect, it } from 'vitest';
import { callFacts } from '../testing/table-world.ts';
import { pageAnswer } from '../users/script-answer.ts';
import { leftBehind } from './left-behind.ts';
import type { ListLegacy } from './list-legacy.ts';

type Row = { readonly id: number | string; readonly isDeleted?: boolean };
type Page = { readonly list: readonly Row[]; readonly totalCount: number };

const rows = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id }));
const pageOf = (all: readonly Row[], page: number, limit: number) => all.slice((page - 1) * limit, page * limit);
const honest =
  (all: readonly Row[], totalCount = all.length) =>
  (page: number, limit: number): Page => ({ list: pageOf(all, page, limit), totalCount });

/** What becomes of such a listUsers script, where our store has those of odd ids. */
const compare = async (listUsers: (page: number, limit: number) => Page, total = listUsers(1, 1).totalCount) => {
  const asked: unknown[] = [];
  let pages = 0;
  const list: ListLegacy = async (page, limit) => {
    pages += 1;
    const result = listUsers(page, limit) as unknown as Json;
    const usage = { wallMs: 1, cpuMs: 1, heapBytes: 1 };
    const run = { outcome: 'completed', resultJson: JSON.stringify(result), logs: [], usage } as const;
    const answer = pageAnswer('listUsers', run);
    return answer.step === 'answered' ? answer.value : undefined;
  };
  const countLeftBehind = async (_: string, ids: readonly unknown[]) => {
    asked.push(...ids);
    return ids.filter((id) => Number(id) % 2 === 0).length;
  };
  const left = await leftBehind('pool', { list, total, migrated: total }, callFacts(), { countLeftBehind });
  return { left, asked, pages };
};
const UNKNOWN = expect.objectContaining({ left: undefined, asked: [] });

describe('who is left behind', () => {
  it.each([450, 400, 200, 1])('is asked of our store by every legacy id of %i that all pages have', async (count) => {
    const { left, asked, pages } = await compare(honest(rows(count)));
    expect([left, asked.length]).toEqual([Math.ceil(count / 2), count]);
    expect(pages).toBeLessThanOrEqual(3);
  });

  it('leaves out who is deleted there, and keeps 1 and "1" apart', async () => {
    const { asked } = await compare(honest([{ id: 1 }, { id: '1' }, { id: 2, isDeleted: true }]));
    expect(asked).toEqual([1, '1']);
  });

  it('is known of a script that gives everybody at once, whatever page it is asked for', async () => {
    expect(await compare(() => ({ list: rows(450), totalCount: 450 }))).toMatchObject({ left: 225 });
  });

  it.each<[string, (page: number, limit: number) => Page]>([
    ['there are too many', honest(rows(2_001))],
    ['there is nobody: a script that lists nothing says so, too', honest([])],
    ['fewer are listed than there are said to be', honest(rows(50), 60)],
    ['more are: a count that leaves some out', honest(rows(1_000), 150)],
    ['more are behind a full page', honest(rows(1_000), 200)],
    ['every page is the first', (_, limit) => honest(rows(450))(1, limit)],
    [
      'the count is the length of the page',
      (page, limit) => {
        const list = pageOf(rows(5_000), page, limit);
        return { list, totalCount: list.length };
      },
    ],
    [
      'pages are cut, and lie as far apart as if they were not',
      (page, limit) => ({ list: pageOf(rows(300), page, limit).slice(0, 100), totalCount: 300 }),
    ],
  ])('is not known where %s', async (_, listUsers) => {
    expect(await compare(listUsers)).toEqual(UNKNOWN);
  });

  it('is not looked for among so many that each has a page of their own', async () => {
    const { left, pages } = await compare((page) => ({ list: [{ id: page }], totalCount: 2_000 }));
    expect(left).toBeUndefined();
    expect(pages).toBeLessThanOrEqual(11);
  });

  it('is not looked for while many have not migrated', async () => {
    const list: ListLegacy = () => Promise.reject(new Error('asked'));
    const history = { countLeftBehind: () => Promise.reject(new Error('asked')) };
    expect(await leftBehind('pool', { list, total: 100, migrated: 89 }, callFacts(), history)).toBeUndefined();
  });
});
