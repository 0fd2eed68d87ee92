import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { renameOrKeepFirst } from './postgres-binaries.ts';
import { copyTree } from './postgres-cluster.ts';
import { runToEnd } from './run-to-end.ts';
import { type Account, giveTo } from './server-account.ts';
import { stateFolder } from './state-folder.ts';

export type MariadbPrograms = { server: string; install: string };

/** Sizes with which data is made and served. */
export const SMALL = ['--no-defaults', '--innodb-log-file-size=8M', '--innodb-buffer-pool-size=32M'];

/** Makes a new data folder, in which nobody has a password yet. Works from a template where it can, which starts no process. */
export async function createMariadbData(
  programs: MariadbPrograms,
  account: Account,
  data: { folder: string; scratch: string },
): Promise<void> {
  const template = join(stateFolder(), `mariadb-${identityOf(programs)}`);
  if (!existsSync(template)) await createTemplate(programs, account, { template, scratch: data.scratch });
  copyTree(template, data.folder, account);
}

function identityOf({ server, install }: MariadbPrograms): string {
  const facts = [server, install].map((path) => `${path} ${lstatSync(path).size} ${lstatSync(path).mtimeMs}`);
  return createHash('sha256')
    .update([...facts, ...SMALL].join('\n'))
    .digest('hex')
    .slice(0, 16);
}

/** Made where the server's account may write, and kept where it may not. */
async function createTemplate(
  programs: MariadbPrograms,
  account: Account,
  { template, scratch }: { template: string; scratch: string },
): Promise<void> {
  const draft = mkdtempSync(`${template}.`);
  try {
    mkdirSync(scratch, { mode: 0o700 });
    giveTo(account, scratch);
    const data = join(scratch, 'data');
    await runToEnd(programs.install, account, [
      ...SMALL,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      `--datadir=${data}`,
    ]);
    copyTree(data, join(draft, 'data'), undefined);
    renameOrKeepFirst(join(draft, 'data'), template);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}
