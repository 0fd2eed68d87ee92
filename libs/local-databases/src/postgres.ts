import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchOnFreePort } from './free-port.ts';
import { type Guard, startGuard } from './guard.ts';
import { findPostgresBinaries, installedBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { createCluster, newPassword, SUPERUSER } from './postgres-cluster.ts';
import { connectionUrl, createDatabase, type DatabaseOwner, queryRows } from './postgres-queries.ts';
import { launchPostgres, PORT_TAKEN } from './postgres-server.ts';
import { prepareServerFolder, type ServerFolder, serverCertificate } from './server-folder.ts';
import { createServerLife, type ServerLife, tidyUp } from './server-life.ts';

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
  /** A PostgreSQL of the machine's own, such as `/usr/lib/postgresql/15`; without it the one of the lockfile. */
  installation?: string;
};

/** Values of `$1`, `$2` … and the database to ask, `postgres` by default. */
export type QueryOptions = { values?: unknown[]; database?: string };

/** A PostgreSQL server of our own on 127.0.0.1, with SCRAM-SHA-256 passwords. */
export type LocalPostgres = ServerLife & {
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
  /** Makes the database unless it is there, and its owner's role if one is named; returns the owner's connection string. */
  createDatabase(name: string, owner?: DatabaseOwner): Promise<string>;
  /** Runs SQL as the superuser, in `database` (default `postgres`), and returns the rows. */
  query<Row>(sql: string, options?: QueryOptions): Promise<Row[]>;
};

const HOST = '127.0.0.1';

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
  const { installation } = options;
  const binaries = installation ? installedBinaries(installation) : findPostgresBinaries(folder.account);
  const password = await ensureCluster(binaries, folder);
  const certificate = options.tls ? serverCertificate(folder) : undefined;
  const settings = { ...options.settings, ...tlsSettings(certificate) };
  const launch = (port: number) => launchPostgres({ binaries, folder, guard }, { ...settings, port: String(port) });
  const { server, port } = await launchOnFreePort(launch, options.port ?? 0, PORT_TAKEN);
  const life = createServerLife(server, { folder, guard }, { launch: () => launch(port), stopSignal: 'SIGINT' });
  const superuser = { port, user: SUPERUSER, password };
  const facts = {
    url: connectionUrl(superuser, 'postgres'),
    host: HOST,
    port,
    ...(certificate === undefined ? {} : { caCertificate: certificate.caCertificate }),
    folder: folder.path,
    notices: folder.notices,
    createDatabase: (name: string, owner?: DatabaseOwner) => createDatabase(superuser, name, owner),
    query: <Row>(sql: string, how: QueryOptions = {}) =>
      queryRows<Row>(connectionUrl(superuser, how.database ?? 'postgres'), sql, how.values),
  };
  return Object.assign(life, facts); // not a spread: that would freeze `pid`
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
