import pg from 'pg';
import { newPassword } from './postgres-cluster.ts';

/** The role that owns a database; made unless it is there. Without a password it gets a random one. */
export type DatabaseOwner = { owner: string; password?: string };

type Login = { port: number; user: string; password: string };

/** A connection string for 127.0.0.1. */
export function connectionUrl(login: Login, database: string): string {
  const [user, password] = [encodeURIComponent(login.user), encodeURIComponent(login.password)];
  return `postgresql://${user}:${password}@127.0.0.1:${login.port}/${encodeURIComponent(database)}`;
}

/** Runs one SQL text on a connection of its own and returns the rows. */
export async function queryRows<Row>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that dies also fails the query that runs; unheard, its end would be the end of our process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    // without values the simple protocol is used, which also takes several statements
    const result = await (values.length > 0 ? client.query(sql, values) : client.query(sql));
    return (Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows) as Row[];
  } finally {
    await client.end();
  }
}

/** Makes database and owner unless they are there, and returns the owner's (else the superuser's) connection string. */
export async function createDatabase(superuser: Login, name: string, owner?: DatabaseOwner): Promise<string> {
  const run = (sql: string, values?: unknown[]) => queryRows(connectionUrl(superuser, 'postgres'), sql, values);
  const login = owner ? { ...superuser, user: owner.owner, password: owner.password ?? newPassword() } : superuser;
  if (owner) await run(await roleSql(run, login));
  const [existing] = await run('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (existing === undefined) {
    await run(`CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER ${pg.escapeIdentifier(login.user)}`);
    await run(`REVOKE ALL ON DATABASE ${pg.escapeIdentifier(name)} FROM PUBLIC`);
  }
  return connectionUrl(login, name);
}

async function roleSql(run: (sql: string, values: unknown[]) => Promise<unknown[]>, login: Login): Promise<string> {
  const known = await run('SELECT 1 FROM pg_roles WHERE rolname = $1', [login.user]);
  const verb = known.length > 0 ? 'ALTER' : 'CREATE';
  return `${verb} ROLE ${pg.escapeIdentifier(login.user)} LOGIN PASSWORD ${pg.escapeLiteral(login.password)}`;
}
