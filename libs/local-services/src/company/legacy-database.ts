import { type LocalPostgres, startPostgres } from '@userferry/local-databases';
import bcrypt from 'bcrypt';

/** How many people the demo's company has. */
export const MEMBERS = 1_000;

/** Low, so that seeding is quick; what a real company uses is for its own script to check. */
const BCRYPT_COST_DEFAULT = 4;

export type Member = { readonly mail: string; readonly loginName: string; readonly password: string };

/** The n-th member, from 1. */
export const member = (n: number): Member => {
  const loginName = `member${String(n).padStart(4, '0')}`;
  return { mail: `${loginName}@acme.example`, loginName, password: `${loginName}-Secret!` };
};

export type LegacyDatabase = { readonly server: LocalPostgres; readonly url: string };

export type LegacyDatabaseOptions = {
  /** How many of them have an account, the first ones; all without it. */
  readonly members?: number;
  readonly bcryptCost?: number;
  /** Of the server, such as `{ max_connections: '400' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Offers TLS; the server has the certificate to trust then. */
  readonly tls?: boolean;
};

/** A company's old database: a server, a schema and hashes of its own that we know nothing about. */
export const startLegacyDatabase = async ({
  bcryptCost = BCRYPT_COST_DEFAULT,
  members = MEMBERS,
  settings = {},
  tls = false,
}: LegacyDatabaseOptions = {}): Promise<LegacyDatabase> => {
  const server = await startPostgres({ settings, tls });
  const url = await server.createDatabase('acme', { owner: 'acme_app' });
  await server.query(
    `CREATE SCHEMA crm AUTHORIZATION acme_app;
     CREATE TABLE crm.members (
       member_no integer PRIMARY KEY, mail text UNIQUE NOT NULL, login_name text UNIQUE NOT NULL, mobile text UNIQUE,
       full_name text, pw_hash text NOT NULL, joined timestamptz NOT NULL DEFAULT now());
     ALTER TABLE crm.members OWNER TO acme_app`,
    { database: 'acme' },
  );
  await seed(server, members, bcryptCost);
  return { server, url };
};

const seed = async (server: LocalPostgres, members: number, bcryptCost: number): Promise<void> => {
  const numbers = Array.from({ length: members }, (_, index) => index + 1);
  const hashes = await Promise.all(numbers.map((n) => bcrypt.hash(member(n).password, bcryptCost)));
  await server.query(
    `INSERT INTO crm.members (member_no, mail, login_name, mobile, full_name, pw_hash)
     SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])`,
    {
      database: 'acme',
      values: [
        numbers,
        numbers.map((n) => member(n).mail),
        numbers.map((n) => member(n).loginName),
        numbers.map((n) => `+1212555${String(n).padStart(4, '0')}`),
        numbers.map((n) => `Member ${n}`),
        hashes,
      ],
    },
  );
};
