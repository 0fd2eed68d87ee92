import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from './free-port.ts';
import { type Guard, startGuard } from './guard.ts';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { createCluster, newPassword, SUPERUSER } from './postgres-cluster.ts';
import { connectionUrl, createDatabase, type DatabaseOwner, queryRows } from './postgres-queries.ts';
import { prepareServerFolder, type ServerFolder, serverCertificate } from './server-folder.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** How a local PostgreSQL is started. */
export type PostgresOptions = {
  /** Data is kept here between starts; without it a temporary folder is used and deleted by `stop`. */
  folder?: string;
  /** 0 or nothing: a free one. */
  port?: number;
  /** Offer TLS with a certificate made here for localhost and 127.0.0.1; connections without TLS stay possible. */
  tls?: boolean;
  /** Server settings, for instance `{ max_connections: '20' }`. */
  settings?: Record<string, string>;
};

/** A PostgreSQL server of our own on 127.0.0.1, with SCRAM-SHA-256 passwords. */
export type LocalPostgres = {
  /** The superuser's connection string: a secret. */
  url: string;
  host: string;
  port: number;
  /** PEM text that clients must trust; only with `tls`. */
  caCertificate?: string;
  /** Where the data lies. */
  folder: string;
  /** Sentences that a person should be told, such as data kept elsewhere than asked for. */
  notices: readonly string[];
  /** The server's process id; another one after `resume`, -1 while it is down. */
  readonly pid: number;
  /** Resolves when the server process that runs now has ended, for whatever cause. */
  ended(): Promise<void>;
  /** Makes the database unless it is there, and its owner's role if one is named; returns the owner's connection string. */
  createDatabase(name: string, owner?: DatabaseOwner): Promise<string>;
  /** Runs SQL as the superuser, in `database` (default `postgres`), and returns the rows. */
  query<Row>(sql: string, options?: { values?: unknown[]; database?: string }): Promise<Row[]>;
  /** Ends the server, keeping port and data, until `resume`. */
  pause(): Promise<void>;
  /** Kills the server as a crash would, keeping port and data, until `resume`. */
  kill(): Promise<void>;
  /** Starts the server again on the same port and data. */
  resume(): Promise<void>;
  /** Ends the server for good and deletes a temporary folder. Can be called twice. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 60_000;
const STOP_PATIENCE_MS = 10_000;

/** Starts a real PostgreSQL from the packages of the lockfile; throws an Error that says what is missing. */
export async function startPostgres(options: PostgresOptions = {}): Promise<LocalPostgres> {
  const folder = prepareServerFolder(options.folder, ['postgres', 'nobody']);
  const guard = startGuard({
    account: folder.account,
    stopSignal: 'INT',
    temporaryFolder: folder.temporary ? folder.path : undefined,
  });
  try {
    return await startIn(folder, guard, options);
  } catch (error) {
    await tidyUp(folder, guard);
    throw error;
  }
}

async function startIn(folder: ServerFolder, guard: Guard, options: PostgresOptions): Promise<LocalPostgres> {
  const binaries = findPostgresBinaries(folder.account);
  const password = await ensureCluster(binaries, folder);
  const certificate = options.tls ? serverCertificate(folder) : undefined;
  const settings = { ...options.settings, ...tlsSettings(certificate) };
  const launch = (port: number) => launchServer({ binaries, folder, guard }, { ...settings, port: String(port) });
  const first = await launchOnFreePort(launch, options.port ?? 0);
  const server: Server = { folder, guard, port: first.port, password, running: first.server, launch };
  return describe(server, certificate?.caCertificate);
}

type Server = {
  folder: ServerFolder;
  guard: Guard;
  port: number;
  password: string;
  running: ServerProcess | undefined;
  launch(port: number): Promise<ServerProcess>;
};

function describe(server: Server, caCertificate: string | undefined): LocalPostgres {
  const superuser = { port: server.port, user: SUPERUSER, password: server.password };
  const url = connectionUrl(superuser, 'postgres');
  const end = (signal: NodeJS.Signals) => endServer(server, signal);
  const stop = async () => {
    await end('SIGINT');
    await tidyUp(server.folder, server.guard);
  };
  return {
    url,
    host: HOST,
    port: server.port,
    ...(caCertificate === undefined ? {} : { caCertificate }),
    folder: server.folder.path,
    notices: server.folder.notices,
    get pid() {
      return server.running?.pid ?? -1;
    },
    ended: () => server.running?.ended ?? Promise.resolve(),
    createDatabase: (name, owner) => createDatabase(superuser, name, owner),
    query: (sql, how) => queryRows(connectionUrl(superuser, how?.database ?? 'postgres'), sql, how?.values),
    pause: () => end('SIGINT'), // "fast shutdown": running transactions are rolled back, connections closed
    kill: () => end('SIGKILL'),
    resume: async () => {
      server.running ??= await server.launch(server.port);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function endServer(server: Server, signal: NodeJS.Signals): Promise<void> {
  const { running } = server;
  server.running = undefined;
  await running?.end(signal, STOP_PATIENCE_MS);
}

async function tidyUp(folder: ServerFolder, guard: Guard): Promise<void> {
  if (folder.temporary) rmSync(folder.path, { recursive: true, force: true, maxRetries: 20 });
  await guard.dismiss();
}

/** The superuser's password of the data folder, which is made when it is not there. */
async function ensureCluster(binaries: PostgresBinaries, folder: ServerFolder): Promise<string> {
  const passwordFile = join(folder.path, 'superuser-password');
  if (existsSync(folder.dataFolder)) return readFileSync(passwordFile, 'utf8').trim();
  const password = newPassword();
  const draft = `${folder.dataFolder}.new`;
  rmSync(draft, { recursive: true, force: true });
  await createCluster(binaries, folder.account, { folder: draft, password });
  if (!folder.temporary) writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  renameSync(draft, folder.dataFolder); // last, so that what is there is whole
  return password;
}

function tlsSettings(certificate: { certFile: string; keyFile: string } | undefined): Record<string, string> {
  return certificate ? { ssl: 'on', ssl_cert_file: certificate.certFile, ssl_key_file: certificate.keyFile } : {};
}

const UNSAFE_BUT_FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

function launchServer(
  on: { binaries: PostgresBinaries; folder: ServerFolder; guard: Guard },
  wanted: Record<string, string>,
): Promise<ServerProcess> {
  const settings = {
    listen_addresses: HOST,
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    log_min_error_statement: 'panic', // statements can hold passwords
    ...(on.folder.temporary ? UNSAFE_BUT_FAST : {}),
    ...wanted,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = {
    program: on.binaries.postgres,
    args: ['-D', on.folder.dataFolder, ...args],
    ready: /database system is ready to accept connections/,
    startTimeoutMs: START_TIMEOUT_MS,
  };
  return untilPredecessorIsGone(() => startServerProcess(command, on.folder.account, on.guard));
}

const PREDECESSOR_STILL_THERE = /lock file "postmaster.pid" already exists|pre-existing shared memory block/;

/** After a crash, or the kill of an owner, the previous server of the same data may need a moment to go. */
async function untilPredecessorIsGone(start: () => Promise<ServerProcess>): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 50 || !PREDECESSOR_STILL_THERE.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function launchOnFreePort(
  launch: (port: number) => Promise<ServerProcess>,
  wanted: number,
): Promise<{ server: ServerProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted === 0 ? await findFreePort() : wanted;
    try {
      return { server: await launch(port), port };
    } catch (error) {
      if (wanted !== 0 || attempt === 5 || !/could not create any TCP\/IP sockets/.test(String(error))) throw error;
    }
  }
}
