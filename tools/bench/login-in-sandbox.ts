import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LocalMariadb, startMariadb } from '@userferry/local-databases';
import { member, sampleScriptFile, startLegacyDatabase } from '@userferry/local-services';
import { createSandbox, defaultStateFolder, type Sandbox } from '@userferry/sandbox';
import { completeEnv, type Isolation } from '@userferry/script-contract';
import bcrypt from 'bcrypt';
import { compareLogins, type Effort, type Figures, ownCpuMs } from './compare-logins.ts';
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
};

type Legacy = { readonly url: string; readonly port: number };
type Scripts = { readonly sandboxed: string; readonly plain: string };

const scriptFile = (name: string): string => fileURLToPath(new URL(`scripts/${name}`, import.meta.url));

/** A script that logs in on PostgreSQL, in a warm sandbox and in plain Node, to the same database, in the same run. */
export const loginPg = async (
  { bcryptCost = 4, reuse = true, plainKeeps = false, isolation = 'warm' }: LoginOptions,
  effort: Effort,
): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const { server, url } = await startLegacyDatabase({ bcryptCost });
  stack.defer(() => server.stop());
  const sandboxed = sampleScriptFile('login');
  const plain = plainKeeps ? scriptFile('login-pg-kept.js') : sandboxed;
  return await compare({ url, port: server.port }, { sandboxed, plain }, { reuse, isolation, effort });
};

/** The same with mysql2 and MariaDB. */
export const loginMysql = async (
  { bcryptCost = 4, reuse = true, isolation = 'warm' }: LoginOptions,
  effort: Effort,
): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const server = await startMariadbWithMembers(bcryptCost);
  stack.defer(() => server.stop());
  const file = scriptFile('login-mysql.js');
  const legacy = { url: `${server.url}/legacy`, port: server.port };
  return await compare(legacy, { sandboxed: file, plain: file }, { reuse, isolation, effort });
};

const MEMBERS = 1_000;

const startMariadbWithMembers = async (bcryptCost: number): Promise<LocalMariadb> => {
  const hashes = await Promise.all(
    Array.from({ length: MEMBERS }, (_, index) => bcrypt.hash(member(index + 1).password, bcryptCost)),
  );
  const rows = hashes.map((hash, index) => `(${index + 1}, '${member(index + 1).mail}', '${hash}')`);
  return startMariadb({
    statements: [
      'CREATE DATABASE legacy CHARACTER SET utf8mb4',
      'CREATE TABLE legacy.members (id int PRIMARY KEY, email varchar(200) UNIQUE, pw_hash text)',
      // The server reads a line of limited length.
      ...rows.map((row) => `INSERT INTO legacy.members VALUES ${row}`),
    ],
  });
};

type How = { readonly reuse: boolean; readonly isolation: Isolation; readonly effort: Effort };

const compare = async ({ url, port }: Legacy, files: Scripts, { reuse, isolation, effort }: How): Promise<Figures> => {
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
  const env = completeEnv({ DB_CONNECTION_URI: url });
  const plain = stack.use(startPlainNode(files.plain, env));
  return await compareLogins(
    { login: inSandbox(sandbox, readFileSync(files.sandboxed, 'utf8'), env), cpuMs: ownCpuMs(plain.pid) },
    { login: (n) => plain.login(argsOf(n)), cpuMs: () => treeCpuMs(plain.pid) },
    effort,
  );
};

const argsOf = (n: number): readonly unknown[] => {
  const { mail, password } = member(n);
  return [{ email: mail, username: null, phone: null }, password, { userPoolName: 'Acme' }];
};

const inSandbox = (sandbox: Sandbox, source: string, env: Readonly<Record<string, string>>) => async (n: number) => {
  const run = await sandbox.run(runOf({ source, argsJson: JSON.stringify(argsOf(n)), env }));
  if (run.outcome !== 'completed')
    throw new Error(`the sandboxed login ended as ${run.outcome}: ${run.error?.message}`);
};
