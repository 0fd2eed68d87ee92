import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchOnFreePort } from './free-port.ts';
import { type Guard, startGuard } from './guard.ts';
import type { LocalPostgres } from './postgres.ts';
import { giveTo } from './server-account.ts';
import { prepareServerFolder, type ServerFolder } from './server-folder.ts';
import { createServerLife, type ServerLife, tidyUp } from './server-life.ts';
import { startServerProcess } from './server-process.ts';

/** How a pooler is started. */
export type PgbouncerOptions = {
  /** Whose connections it pools, for every database and role that there is or will be. */
  target: Pick<LocalPostgres, 'url' | 'port'>;
  /** Connections to the server for each database and role; 20 unless said. */
  poolSize?: number;
  /** Further lines of its section `[pgbouncer]`. */
  settings?: Record<string, string>;
};

/** A PgBouncer of our own on 127.0.0.1, in transaction mode. */
export type LocalPgbouncer = ServerLife & {
  port: number;
  /** The same connection string through the pooler. */
  through(url: string): string;
};

/** What to tell a person when there is no PgBouncer on this machine. */
export const PGBOUNCER_MISSING =
  'PgBouncer is not on this machine: install it with `apt-get install pgbouncer` (Debian, Ubuntu)';

const HOST = '127.0.0.1';

/** Is there a PgBouncer on this machine that `startPgbouncer` can use? */
export function hasPgbouncer(): boolean {
  return findProgram() !== undefined;
}

function findProgram(): string | undefined {
  const folders = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
  return folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path));
}

/** Starts the machine's own PgBouncer; throws an Error with PGBOUNCER_MISSING when there is none. */
export async function startPgbouncer(options: PgbouncerOptions): Promise<LocalPgbouncer> {
  const program = findProgram();
  if (program === undefined) throw new Error(PGBOUNCER_MISSING);
  const folder = prepareServerFolder(undefined, ['postgres', 'nobody']);
  const guard = startGuard({ account: folder.account, stopSignal: 'INT', temporaryFolder: folder.path });
  try {
    return await startIn({ folder, guard, program }, options);
  } catch (error) {
    await tidyUp(folder, guard);
    throw error;
  }
}

type Place = { folder: ServerFolder; guard: Guard; program: string };

async function startIn(place: Place, options: PgbouncerOptions): Promise<LocalPgbouncer> {
  const launch = (port: number) => launchPooler(place, options, port);
  const { server, port } = await launchOnFreePort(launch, 0, /address already in use/i);
  const life = createServerLife(server, place, { launch: () => launch(port), stopSignal: 'SIGINT' });
  const through = (url: string): string => {
    const pooled = new URL(url);
    pooled.port = String(port);
    return pooled.href;
  };
  return Object.assign(life, { port, through });
}

function launchPooler({ folder, guard, program }: Place, options: PgbouncerOptions, port: number) {
  const command = {
    program,
    args: [writeConfiguration(folder, options, port)],
    ready: /process up: PgBouncer/i,
    startTimeoutMs: 60_000,
  };
  return startServerProcess(command, folder.account, guard);
}

/** It learns the roles' secrets from the server: as the superuser, whom alone it knows by password. */
function writeConfiguration(folder: ServerFolder, { target, poolSize = 20, settings }: PgbouncerOptions, port: number) {
  const [file, userFile] = [join(folder.path, 'pgbouncer.ini'), join(folder.path, 'users.txt')];
  const { username, password } = new URL(target.url);
  const lines = {
    listen_addr: HOST,
    listen_port: String(port),
    unix_socket_dir: '',
    pool_mode: 'transaction',
    auth_type: 'scram-sha-256',
    auth_file: userFile,
    auth_user: username,
    auth_query: 'SELECT usename, passwd FROM pg_shadow WHERE usename = $1',
    default_pool_size: String(poolSize),
    max_client_conn: '1000',
    server_login_retry: '1',
    query_wait_timeout: '5',
    ...settings,
  };
  const section = Object.entries(lines).map(([name, value]) => `${name} = ${value}\n`);
  const database = `* = host=${HOST} port=${target.port}\n`;
  writeOwn(folder, userFile, `"${username}" "${decodeURIComponent(password)}"\n`);
  writeOwn(folder, file, `[databases]\n${database}[pgbouncer]\n${section.join('')}`);
  return file;
}

function writeOwn(folder: ServerFolder, file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  giveTo(folder.account, file);
}
