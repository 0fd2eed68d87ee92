import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A PostgreSQL that the machine has whole: its server, and the tools of the same version. */
export type PostgresInstallation = { folder: string; pgDump: string; pgRestore: string; psql: string };

/** What to tell a person when there is none on this machine. */
export const POSTGRES_TOOLS_MISSING =
  'PostgreSQL with pg_dump is not on this machine: install it with `apt-get install postgresql` (Debian, Ubuntu)';

const PROGRAMS = ['initdb', 'postgres', 'pg_dump', 'pg_restore', 'psql'];
const DEBIANS = '/usr/lib/postgresql';

/** The machine's newest PostgreSQL that has server and tools; nothing when there is none. */
export function findPostgresInstallation(): PostgresInstallation | undefined {
  const versions = existsSync(DEBIANS) ? readdirSync(DEBIANS).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(DEBIANS, version)), '/opt/homebrew'];
  const folder = folders.find((each) => PROGRAMS.every((program) => existsSync(join(each, 'bin', program))));
  if (folder === undefined) return undefined;
  const [pgDump, pgRestore, psql] = ['pg_dump', 'pg_restore', 'psql'].map((name) => join(folder, 'bin', name));
  return { folder, pgDump, pgRestore, psql } as PostgresInstallation;
}
