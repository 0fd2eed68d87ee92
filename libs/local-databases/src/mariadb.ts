import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchOnFreePort } from './free-port.ts';
import { type Guard, startGuard } from './guard.ts';
import { createMariadbData, type MariadbPrograms, SMALL } from './mariadb-data.ts';
import { newPassword } from './postgres-cluster.ts';
import { giveTo } from './server-account.ts';
import { prepareServerFolder, type ServerFolder, serverCertificate } from './server-folder.ts';
import { createServerLife, type ServerLife, tidyUp } from './server-life.ts';
import { startServerProcess } from './server-process.ts';

/** How a local MariaDB is started. Its data is temporary. */
export type MariadbOptions = {
  /** 0 or nothing: a free one. */
  port?: number;
  /** Offer TLS with a certificate made here for localhost and 127.0.0.1; connections without TLS stay possible. */
  tls?: boolean;
  /** SQL run once before the server takes connections: each one statement on one line, without its semicolon. */
  statements?: readonly string[];
};

/** A MariaDB server of our own on 127.0.0.1; it knows no user but the one named here and those of `statements`. */
export type LocalMariadb = ServerLife & {
  /** Connection string of a user with all rights, without a database: a secret. */
  url: string;
  host: string;
  port: number;
  user: string;
  password: string;
  /** PEM text that clients must trust; only with `tls`. */
  caCertificate?: string;
};

/** What to tell a person when there is no MariaDB on this machine. */
export const MARIADB_MISSING =
  'MariaDB is not on this machine: install it with `apt-get install mariadb-server-core` (Debian, Ubuntu)';

const HOST = '127.0.0.1';
const USER = 'userferry';

/** Is there a MariaDB server on this machine that `startMariadb` can use? */
export function hasMariadb(): boolean {
  return findPrograms() !== undefined;
}

/** Starts the machine's own MariaDB with fresh data; throws an Error with MARIADB_MISSING when there is none. */
export async function startMariadb(options: MariadbOptions = {}): Promise<LocalMariadb> {
  const programs = findPrograms();
  if (programs === undefined) throw new Error(MARIADB_MISSING);
  const folder = prepareServerFolder(undefined, ['mysql', 'nobody']);
  const guard = startGuard({ account: folder.account, stopSignal: 'TERM', temporaryFolder: folder.path });
  try {
    return await startIn({ folder, guard, programs }, options);
  } catch (error) {
    await tidyUp(folder, guard);
    throw error;
  }
}

type Place = { folder: ServerFolder; guard: Guard; programs: MariadbPrograms };

function findPrograms(): MariadbPrograms | undefined {
  const find = (names: string[]) =>
    ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/usr/libexec']
      .flatMap((folder) => names.map((name) => join(folder, name)))
      .find((path) => existsSync(path));
  const server = find(['mariadbd', 'mysqld']);
  const install = find(['mariadb-install-db']); // MySQL has none, and is started differently
  return server && install ? { server, install } : undefined;
}

async function startIn(place: Place, options: MariadbOptions): Promise<LocalMariadb> {
  const { folder, programs } = place;
  const password = newPassword();
  const scratch = join(folder.path, 'install');
  await createMariadbData(programs, folder.account, { folder: folder.dataFolder, scratch });
  const tls = options.tls ? serverCertificate(folder) : undefined;
  const tlsArgs = tls ? [`--ssl-cert=${tls.certFile}`, `--ssl-key=${tls.keyFile}`] : [];
  const initFile = writeInitFile(folder, [...accountStatements(password), ...(options.statements ?? [])]);
  const start = (port: number) => launch(place, [...tlsArgs, `--port=${port}`, `--init-file=${initFile}`]);
  const { server, port } = await launchOnFreePort(start, options.port ?? 0, /Can't start server: Bind on TCP/);
  rmSync(initFile);
  const again = () => launch(place, [...tlsArgs, `--port=${port}`]);
  const life = createServerLife(server, place, { launch: again, stopSignal: 'SIGTERM' });
  const url = `mysql://${USER}:${password}@${HOST}:${port}`;
  const facts = { url, host: HOST, port, user: USER, password };
  return Object.assign(life, facts, tls ? { caCertificate: tls.caCertificate } : {});
}

function accountStatements(password: string): string[] {
  return [
    "DELETE FROM mysql.global_priv WHERE User IN ('', 'root')",
    'FLUSH PRIVILEGES',
    `CREATE USER '${USER}'@'${HOST}' IDENTIFIED BY '${password}'`,
    `GRANT ALL PRIVILEGES ON *.* TO '${USER}'@'${HOST}' WITH GRANT OPTION`,
  ];
}

/** The server reads one statement a line and silently ends at the first that goes over two. */
function writeInitFile(folder: ServerFolder, statements: string[]): string {
  const broken = statements.findIndex((statement) => /[\r\n]/.test(statement));
  if (broken >= 0) throw new Error(`statement ${broken - 3} goes over more than one line`);
  const file = join(folder.path, 'init.sql');
  writeFileSync(file, statements.map((statement) => `${statement};\n`).join(''), { mode: 0o600 });
  giveTo(folder.account, file);
  return file;
}

function launch({ folder, guard, programs }: Place, args: string[]) {
  const fixed = [
    ...SMALL,
    `--datadir=${folder.dataFolder}`,
    `--tmpdir=${folder.path}`,
    `--socket=${join(folder.path, 'sock')}`,
    `--pid-file=${join(folder.path, 'pid')}`,
    `--bind-address=${HOST}`,
    '--skip-name-resolve',
    '--innodb-flush-log-at-trx-commit=0',
  ];
  const command = {
    program: programs.server,
    args: [...fixed, ...args],
    ready: /ready for connections/,
    startTimeoutMs: 60_000,
  };
  return startServerProcess(command, folder.account, guard);
}
