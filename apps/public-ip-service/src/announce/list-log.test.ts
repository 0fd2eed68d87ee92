import type { Logger } from '@userferry/process';
import { expect, it } from 'vitest';
import type { Entry } from '../table/entry.ts';
import type { TableState } from '../table/table-state.ts';
import { createListLog } from './list-log.ts';

const stateOf = (entries: readonly Entry[]): TableState => ({
  leases: new Map(),
  updatedAtMs: 0,
  entries: new Map(entries.map((entry) => [entry.address, entry])),
});

it('shouts once about an address that the configured list lacks, and again when it comes back after it had gone', () => {
  const shouted: unknown[] = [];
  const log = { info: () => undefined, error: (facts: object) => void shouted.push(facts) } as unknown as Logger;
  const tell = createListLog(log);
  const address = '203.0.113.5';
  const entry = { address, state: 'observed', regions: ['eu'], sinceMs: 0, runners: 1, unpinned: true } as const;
  const [empty, listed] = [stateOf([]), stateOf([entry])];
  tell({ before: empty, changed: [entry], removed: [], after: listed });
  tell({ before: listed, changed: [{ ...entry, runners: 2 }], removed: [], after: listed });
  expect(shouted).toEqual([{ address, regions: ['eu'] }]);
  tell({ before: listed, changed: [], removed: [address], after: empty });
  tell({ before: empty, changed: [entry], removed: [], after: listed });
  expect(shouted).toHaveLength(2);
});
