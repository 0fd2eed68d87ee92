import { ServiceError } from '@userferry/errors';
import { describe, expect, it } from 'vitest';
import type { RunScript } from '../clients/runner.ts';
import type { ConnectionSettings } from '../connection/script-run.ts';
import { callFacts } from '../testing/table-world.ts';
import { leftBehind } from './left-behind.ts';
import { listLegacy } from './list-legacy.ts';

const settings: ConnectionSettings = {
  connectionId: 'c',
  version: 1n,
  enabled: true,
  mode: 'lazy_migration',
  env: {},
  egress: [],
  isolation: 'warm',
  scripts: new Map([['listUsers', 'async function listUsers() {}']]),
  pool: { name: 'Acme', metadata: {}, revealRejectionDetails: false, connectionsIncluded: true },
};
const listFrom = (runScript: RunScript) => listLegacy('pool', settings, callFacts(), runScript);
const totalFrom = async (runScript: RunScript) => (await listFrom(runScript)?.(1, 1))?.totalCount;

describe('what the legacy user store says of its users, for the progress of a migration,', () => {
  it('is left out while no script-runner answers, or none has room', async () => {
    for (const reason of ['SERVICE_UNAVAILABLE', 'RUNNER_OVERLOADED', 'DEADLINE_EXCEEDED'] as const)
      expect(await totalFrom(() => Promise.reject(new ServiceError(reason, 'away')))).toBe(undefined);
  });

  it('is waited for a few seconds, whatever time the call has', async () => {
    const asked: number[] = [];
    await totalFrom((_, { deadlineMs }) => {
      asked.push(deadlineMs - Date.now());
      return Promise.reject(new ServiceError('DEADLINE_EXCEEDED', 'late'));
    });
    expect(asked).toEqual([expect.closeTo(4_750, -3)]);
  });

  it('is no failure to be hidden where the caller has hung up, or we have made a mistake', async () => {
    await expect(totalFrom(() => Promise.reject(new ServiceError('CANCELLED', 'gone')))).rejects.toThrow('gone');
    await expect(totalFrom(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  });
});

describe('who is left behind', () => {
  type Row = { readonly id: number | string; readonly isDeleted?: boolean };
  /** A listUsers script over these rows, and our store, which has migrated the odd ones. */
  const compare = async (rows: readonly Row[], { total = rows.length, pageOf = (page: number) => page } = {}) => {
    const asked: unknown[] = [];
    const list = listFrom(async ({ argsJson }) => {
      const [page, limit] = JSON.parse(argsJson) as [number, number];
      const first = (pageOf(page) - 1) * limit;
      const resultJson = JSON.stringify({ list: rows.slice(first, first + limit), totalCount: total });
      return { outcome: 'completed', resultJson, logs: [], usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 } };
    });
    const countLeftBehind = async (_: string, ids: readonly unknown[]) => {
      asked.push(...ids);
      return ids.filter((id) => Number(id) % 2 === 0).length;
    };
    const left = list && (await leftBehind('pool', { list, total }, callFacts(), { countLeftBehind }));
    return { left, asked };
  };
  const rows = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id }));

  it('is asked of our store by every legacy id that all pages have', async () => {
    const { left, asked } = await compare(rows(450));
    expect([left, asked.length]).toEqual([225, 450]);
  });

  it('leaves out who is deleted there, and keeps 1 and "1" apart', async () => {
    const { asked } = await compare([{ id: 1 }, { id: '1' }, { id: 2, isDeleted: true }]);
    expect(asked).toEqual([1, '1']);
  });

  it.each([
    ['there are too many', rows(2_001), {}],
    ['there is nobody: a script that lists nothing says so, too', [], {}],
    ['fewer are listed than there are said to be', rows(50), { total: 60 }],
    ['every page is the first', rows(450), { pageOf: () => 1 }],
  ])('is not known where %s', async (_, all, how) => {
    expect(await compare(all, how)).toEqual({ left: undefined, asked: [] });
  });
});
