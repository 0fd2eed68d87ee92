import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@userferry/process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepingLog } from '../testing/service-for-tests.ts';
import { createTableFile } from './table-file.ts';
import type { TableState } from './table-state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'userferry-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const log = createLogger({ service: 'test', level: 'silent' });

const state = (n: number): TableState => ({
  updatedAtMs: n,
  leases: new Map([
    [`r${n}`, { runnerId: `r${n}`, region: 'eu', addresses: ['192.0.2.1'], leaseMs: 1_000, expiresAtMs: 5 }],
  ]),
  entries: new Map([
    [
      '192.0.2.1',
      {
        address: '192.0.2.1',
        state: 'draining',
        regions: ['eu'],
        sinceMs: 1,
        runners: 0,
        unpinned: false,
        drainsUntilMs: 9,
      },
    ],
  ]),
});

it('brings back what was saved, in a folder that was not there', async () => {
  const path = join(folder, 'deep', 'table.json');
  const file = createTableFile(path, log);
  expect(await file.load()).toBeUndefined();
  await file.save(state(1));
  expect(await createTableFile(path, log).load()).toEqual(state(1));
  expect(readdirSync(join(folder, 'deep'))).toEqual(['table.json']);
});

it('keeps the list that was told with every save from then on, over a restart too', async () => {
  const path = join(folder, 'table.json');
  const first = createTableFile(path, log);
  await first.load();
  await first.saveTold(['192.0.2.1']);
  await first.save(state(1));
  const second = createTableFile(path, log);
  expect(await second.load()).toEqual({ ...state(1), told: ['192.0.2.1'] });
  await second.save(state(2));
  expect(await createTableFile(path, log).load()).toEqual({ ...state(2), told: ['192.0.2.1'] });
  await second.saveTold(['192.0.2.2']);
  expect(await createTableFile(path, log).load()).toEqual({ ...state(2), told: ['192.0.2.2'] });
});

it('saves that come at once end with the last of them on the disk, each awaited one included', async () => {
  const path = join(folder, 'table.json');
  const file = createTableFile(path, log);
  await file.load();
  for (let round = 0; round < 20; round += 1) {
    const saves = [1, 2, 3, 4, 5].map((n) => file.save(state(round * 10 + n)));
    await Promise.all(saves);
    expect(JSON.parse(readFileSync(path, 'utf8')).updatedAtMs).toBe(round * 10 + 5);
  }
});

it('saves that come as one ends are written one after the other', async () => {
  const path = join(folder, 'table.json');
  const { log, lines } = keepingLog();
  const file = createTableFile(path, log);
  await file.load();
  for (let round = 0; round < 20; round += 1) {
    const first = file.save(state(round * 10 + 1));
    const asItEnds = first.then(() => file.save(state(round * 10 + 3)));
    await Promise.all([file.save(state(round * 10 + 2)), asItEnds]);
    expect(JSON.parse(readFileSync(path, 'utf8')).updatedAtMs).toBe(round * 10 + 3);
  }
  expect(lines).toEqual([]);
});

it.each(['', '{', '[]', '{"version":2}', '{"version":1,"leases":[{}],"entries":[],"updatedAtMs":1}', '\u0000\u0001'])(
  'puts a damaged file (%j) aside and begins anew',
  async (text) => {
    const path = join(folder, 'table.json');
    writeFileSync(path, text);
    expect(await createTableFile(path, log).load()).toBeUndefined();
    expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe(text);
  },
);

const saved = (change: (content: ReturnType<typeof contentOf>) => void): string => {
  const content = contentOf();
  change(content);
  return JSON.stringify(content);
};

const contentOf = () => ({
  version: 1,
  updatedAtMs: 1,
  leases: [...state(1).leases.values()].map((each) => ({ ...each, addresses: [...each.addresses] })),
  entries: [...state(1).entries.values()].map((each) => ({ ...each })),
  told: ['192.0.2.1'],
});

it.each([
  ['entries.0.address', saved(({ entries: [entry] }) => Object.assign(entry ?? {}, { address: '10.0.0.300' }))],
  ['entries.0.address', saved(({ entries: [entry] }) => Object.assign(entry ?? {}, { address: '2001:DB8:0::1' }))],
  ['entries.0.sinceMs', saved(({ entries: [entry] }) => Object.assign(entry ?? {}, { sinceMs: 1e300 }))],
  ['leases.0.addresses.1', saved(({ leases: [lease] }) => lease?.addresses.push('nonsense'))],
  ['leases.0.leaseMs', saved(({ leases: [lease] }) => Object.assign(lease ?? {}, { leaseMs: 1e300 }))],
  ['told.1', saved(({ told }) => told.push(''))],
])('no list is served of a file that is wrong at %s: it is put aside, and the log says where', async (where, text) => {
  const path = join(folder, 'table.json');
  writeFileSync(path, text);
  const { lines, log: kept } = keepingLog();
  expect(await createTableFile(path, kept).load()).toBeUndefined();
  expect(readFileSync(`${path}.unreadable`, 'utf8')).toBe(text);
  expect(lines).toMatchObject([{ level: 'error', facts: { where } }]);
});

it('a folder that cannot be there is said at the start', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(createTableFile(join(folder, 'file', 'table.json'), log).load()).rejects.toThrow(
    'USERFERRY_PUBLIC_IP_STATE_FILE',
  );
});

it.runIf(process.platform === 'linux').each(['/proc/userferry.json', '/proc/userferry/table.json'])(
  'a table at %s, where nothing can be made, is said at the start, too',
  async (path) => {
    await expect(createTableFile(path, log).load()).rejects.toThrow('USERFERRY_PUBLIC_IP_STATE_FILE');
  },
);

it('what is no file is neither read, which may have no end, nor put aside', async () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  await expect(createTableFile(path, log).load()).rejects.toThrow(`the table ${path} is no file`);
  expect(readdirSync(folder)).toEqual(['pipe']);
});

it('a disk that fails later is not the runner’s trouble', async () => {
  const file = createTableFile(join(folder, 'gone', 'table.json'), log);
  await file.load();
  rmSync(join(folder, 'gone'), { recursive: true });
  await file.save(state(1));
});
