import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LocalMariadb, startMariadb } from '@userferry/local-databases';
import { member, sampleScriptFile, startLegacyDatabase } from '@userferry/local-services';
import { createSandbox, defaultStateFolder, type Sandbox } from '@userferry/sandbox';
import { completeEnv, type Isolation } from '@userferry/script-contract';
import bcrypt from 'bcrypt';
import { compareLogins, type Effort, type Figures, ownCpuMs, PEOPLE } from './compare-logins.ts';
import { startPlainNode } from './plain-node.ts';
import { treeCpuMs } from './process-cpu.ts';
import { runOf, runtimeFolder, silent } from './sandbox-runs.ts';

export type LoginOptions = {
  readonly bcryptCost?: number;
  /** Whether the sandbox may keep connections; it does unless told otherwise. */
  readonly reuse?: boolean;
  /** Plain Node keeps its connections too, by a script that was written for that. */
  readonly plainKeeps?: boolean;
  readonly isolation?: Isolation;
  /** The connection is encrypted, and the server's certificate verified. */
  readonly tls?: boolean;
};

type Legacy = {
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** The arguments of the login of the n-th member. */
  readonly argsOf: (n: number) => readonly unknown[];
  /** Children of this process that are no part of the sandbox: a server's work is the same for both, and counts for neither. */
  readonly otherPids?: readonly number[];
};
type Scripts = { readonly sandboxed: string; readonly plain: string };

export const scriptFile = (name: string): string => fileURLToPath(new URL(`scripts/${name}`, import.meta.url));

/** A script that logs in on PostgreSQL, in a warm sandbox and in plain Node, to the same database, in the same run. */
export const loginPg = async (
  { bcryptCost = 4, reuse = true, plainKeeps = false, isolation = 'warm', tls = false }: LoginOptions,
  effort: Effort,
): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const { server, url } = await startLegacyDatabase({ bcryptCost, members: PEOPLE, tls });
  stack.defer(() => server.stop());
  const sandboxed = tls ? scriptFile('login-pg-tls.js') : sampleScriptFile('login');
  const plain = plainKeeps ? scriptFile('login-pg-kept.js') : sandboxed;
  const legacy = {
    env: { DB_CONNECTION_URI: url, ...authority(server) },
    port: server.port,
    argsOf,
    otherPids: [server.pid],
  };
  return await compareInSandbox(legacy, { sandboxed, plain }, { reuse, isolation, effort });
};

/** The same with mysql2 and MariaDB. */
export const loginMysql = async (
  { bcryptCost = 4, reuse = true, isolation = 'warm', tls = false }: LoginOptions,
  effort: Effort,
): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const server = await startMariadbWithMembers(bcryptCost, tls);
  stack.defer(() => server.stop());
  const file = scriptFile(tls ? 'login-mysql-tls.js' : 'login-mysql.js');
  const env = { DB_CONNECTION_URI: `${server.url}/legacy`, ...authority(server) };
  const legacy = { env, port: server.port, argsOf, otherPids: [server.pid] };
  return await compareInSandbox(legacy, { sandboxed: file, plain: file }, { reuse, isolation, effort });
};

/** What the scripts are to trust, where the server has a certificate. */
const authority = ({ caCertificate }: { readonly caCertificate?: string }): Readonly<Record<string, string>> =>
  caCertificate === undefined ? {} : { DB_AUTHORITY: caCertificate };

const startMariadbWithMembers = async (bcryptCost: number, tls: boolean): Promise<LocalMariadb> => {
  const hashes = await Promise.all(
    Array.from({ length: PEOPLE }, (_, index) => bcrypt.hash(member(index + 1).password, bcryptCost)),
  );
  const rows = hashes.map((hash, index) => `(${index + 1}, '${member(index + 1).mail}', '${hash}')`);
  return startMariadb({
    tls,
    statements: [
      'CREATE DATABASE legacy CHARACTER SET utf8mb4',
      'CREATE TABLE legacy.members (id int PRIMARY KEY, email varchar(200) UNIQUE, pw_hash text)',
      // The server reads a line of limited length.
      ...rows.map((row) => `INSERT INTO legacy.members VALUES ${row}`),
    ],
  });
};

type How = { readonly reuse: boolean; readonly isolation?: Isolation; readonly effort: Effort };

/** The same login in a warm sandbox and in plain Node, to the same server, in the same run. */
export const compareInSandbox = async (
  legacy: Legacy,
  files: Scripts,
  { reuse, isolation = 'warm', effort }: How,
): Promise<Figures> => {
  const { port, argsOf: argsFor, otherPids = [] } = legacy;
  await using stack = new AsyncDisposableStack();
  const egress = { allow: [{ host: '127.0.0.1', port }] };
  const options = {
    runtimeFolder,
    stateFolder: defaultStateFolder(),
    egress,
    log: silent,
    reuseConnections: reuse,
    isolation,
  };
  const sandbox = await createSandbox({ ...options, blankHosts: 1, runsPerHost: 8 });
  stack.defer(() => sandbox.close());
  const env = completeEnv(legacy.env);
  const plain = stack.use(startPlainNode(files.plain, env));
  return await compareLogins(
    {
      login: inSandbox(sandbox, { source: readFileSync(files.sandboxed, 'utf8'), env }, argsFor),
      cpuMs: ownCpuMs([plain.pid, ...otherPids]),
    },
    { login: (n) => plain.login(argsFor(n)), cpuMs: () => treeCpuMs(plain.pid) },
    effort,
  );
};

const argsOf = (n: number): readonly unknown[] => {
  const { mail, password } = member(n);
  return [{ email: mail, username: null, phone: null }, password, { userPoolName: 'Acme' }];
};

type Script = { readonly source: string; readonly env: Readonly<Record<string, string>> };

const inSandbox = (sandbox: Sandbox, script: Script, argsFor: Legacy['argsOf']) => async (n: number) => {
  const run = await sandbox.run(runOf({ ...script, argsJson: JSON.stringify(argsFor(n)) }));
  if (run.outcome !== 'completed')
    throw new Error(`the sandboxed login ended as ${run.outcome}: ${run.error?.message}`);
};
