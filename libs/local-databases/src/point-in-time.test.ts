import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startPostgres } from './postgres.ts';
import { queryRows } from './postgres-queries.ts';
import { takeBackup } from './postgres-replica.ts';
import { chooseAccount, giveTo } from './server-account.ts';

const archive = mkdtempSync(join(tmpdir(), 'userferry-archive-'));
giveTo(chooseAccount(['postgres', 'nobody']), archive);
afterAll(() => rmSync(archive, { recursive: true, force: true }));

/** A setting as the manual of backups has it, with this archive for its own. */
const fromManual = (name: string): string => {
  const manual = readFileSync(join(import.meta.dirname, '../../../docs/backup.md'), 'utf8');
  const setting = new RegExp(`${name} = '([^']+)'`).exec(manual)?.[1] ?? '';
  expect(setting).toContain('/backup/wal/');
  return setting.replaceAll('/backup/wal/', `${archive}/`);
};

it('a base backup and the archived log bring back the moment before the damage, by the commands of the manual', async () => {
  await using server = await startPostgres({
    settings: { archive_mode: 'on', archive_command: fromManual('archive_command') },
  });
  const url = await server.createDatabase('shop', { owner: 'shop' });
  await queryRows(url, 'CREATE TABLE people (n int); INSERT INTO people VALUES (1)');
  await using backup = await takeBackup(server);
  await queryRows(url, 'INSERT INTO people VALUES (2)');
  const [before] = await queryRows<{ at: string }>(url, 'SELECT clock_timestamp()::text AS at');
  await queryRows(url, 'DELETE FROM people');
  const [end] = await server.query<{ file: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS file');
  await expect.poll(() => existsSync(join(archive, end?.file ?? '-')), { timeout: 30_000 }).toBe(true);
  await server.kill();
  const target = { recovery_target_time: before?.at ?? '', recovery_target_action: 'promote' };
  await using recovered = await backup.recover({ restore_command: fromManual('restore_command'), ...target });
  const people = () => queryRows<{ n: number }>(recovered.at(url), 'SELECT n FROM people ORDER BY n');
  await expect.poll(people, { timeout: 30_000 }).toEqual([{ n: 1 }, { n: 2 }]);
  expect(readdirSync(archive).length).toBeGreaterThan(0);
});
