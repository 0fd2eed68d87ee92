import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { launchOnFreePort } from './free-port.ts';
import { type Guard, startGuard } from './guard.ts';
import type { LocalPostgres } from './postgres.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { copyTree } from './postgres-cluster.ts';
import { launchPostgres, PORT_TAKEN } from './postgres-server.ts';
import { giveTo } from './server-account.ts';
import { prepareServerFolder, type ServerFolder } from './server-folder.ts';
import { createServerLife, type ServerLife, tidyUp } from './server-life.ts';

/** A streaming replica of a local PostgreSQL: the same databases and passwords, read-only, on a port of its own. */
export type LocalReplica = ServerLife & {
  port: number;
  /** The same connection string at the replica. */
  at(url: string): string;
};

/** Takes a base backup of a running server of the lockfile's PostgreSQL, and starts a replica that follows it. */
export async function startReplica(primary: Pick<LocalPostgres, 'url' | 'folder'>): Promise<LocalReplica> {
  const folder = prepareServerFolder(undefined, ['postgres', 'nobody']);
  const guard = startGuard({ account: folder.account, stopSignal: 'INT', temporaryFolder: folder.path });
  try {
    await takeBaseBackup(primary, folder);
    writeOwn(folder, 'standby.signal', '');
    writeOwn(folder, 'postgresql.auto.conf', `primary_conninfo = '${conninfoOf(primary.url)}'\n`);
    return await startIn(folder, guard);
  } catch (error) {
    await tidyUp(folder, guard);
    throw error;
  }
}

/** By hand, since the lockfile's package has no pg_basebackup: the files between a start and a stop, and a label. */
async function takeBaseBackup(primary: Pick<LocalPostgres, 'url' | 'folder'>, folder: ServerFolder): Promise<void> {
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  try {
    await client.query(`SELECT pg_backup_start('replica', true)`);
    copyTree(join(primary.folder, 'data'), folder.dataFolder, folder.account);
    const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(false)');
    writeOwn(folder, 'backup_label', rows[0].labelfile);
  } finally {
    await client.end();
  }
  rmSync(join(folder.dataFolder, 'postmaster.pid'), { force: true });
}

function conninfoOf(url: string): string {
  const { hostname, port, username, password } = new URL(url);
  return `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`;
}

function writeOwn(folder: ServerFolder, name: string, text: string): void {
  const file = join(folder.dataFolder, name);
  writeFileSync(file, text, { mode: 0o600 });
  giveTo(folder.account, file);
}

/** A base backup of a running server, from which a server is recovered as of a later moment. */
export type BaseBackup = AsyncDisposable & {
  /** `settings`: `restore_command` and a target, as for any recovery. The server that comes up takes writes. */
  recover(settings: Record<string, string>): Promise<LocalReplica>;
};

/** Takes a base backup of a running server of the lockfile's PostgreSQL into a temporary folder; it serves one recovery. */
export async function takeBackup(primary: Pick<LocalPostgres, 'url' | 'folder'>): Promise<BaseBackup> {
  const folder = prepareServerFolder(undefined, ['postgres', 'nobody']);
  const guard = startGuard({ account: folder.account, stopSignal: 'INT', temporaryFolder: folder.path });
  const dispose = () => tidyUp(folder, guard);
  try {
    await takeBaseBackup(primary, folder);
  } catch (error) {
    await dispose();
    throw error;
  }
  const recover = (settings: Record<string, string>) => {
    writeOwn(folder, 'recovery.signal', '');
    return startIn(folder, guard, settings);
  };
  return { recover, [Symbol.asyncDispose]: dispose };
}

async function startIn(folder: ServerFolder, guard: Guard, wanted: Record<string, string> = {}): Promise<LocalReplica> {
  const binaries = findPostgresBinaries(folder.account);
  const settings = { wal_retrieve_retry_interval: '200ms', ...wanted };
  const launch = (port: number) => launchPostgres({ binaries, folder, guard }, { ...settings, port: String(port) });
  const { server, port } = await launchOnFreePort(launch, 0, PORT_TAKEN);
  const life = createServerLife(server, { folder, guard }, { launch: () => launch(port), stopSignal: 'SIGINT' });
  const at = (url: string): string => {
    const there = new URL(url);
    there.port = String(port);
    return there.href;
  };
  return Object.assign(life, { port, at });
}
