/**
 * A process that stands for a company's server where there is none to measure with: protocol doubles of MongoDB and SQL
 * Server, and a small web service. It tells its parent how to reach it, and ends with it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMongodbDouble, startSqlServerDouble } from '@userferry/testing';
import bcrypt from 'bcrypt';

export type LegacyDouble = { readonly port: number; readonly env: Readonly<Record<string, string>> };

const MEMBERS = 1_000;
const BCRYPT_COST = 4;
/** Every member has the same hash here: hashing a thousand passwords is not what is measured. */
const memberOf = (n: number, hash: string) => ({ id: n, email: `member${n}@acme.example`, pw_hash: hash });

type Members = readonly ReturnType<typeof memberOf>[];

const startWebService = async (members: Members): Promise<LegacyDouble> => {
  const byEmail = new Map(members.map((member) => [member.email, member]));
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => void parts.push(part));
    request.on('end', () => {
      const { email, password } = JSON.parse(Buffer.concat(parts).toString()) as Record<string, string>;
      const member = byEmail.get(email ?? '');
      const isRight = member !== undefined && bcrypt.compareSync(password ?? '', member.pw_hash);
      response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isRight ? { id: member.id, email: member.email } : {}));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, env: { API_URL: `http://127.0.0.1:${port}/login` } };
};

const startMongodb = async (members: Members): Promise<LegacyDouble> => {
  const users = [{ user: 'acme', password: 'legacy-secret' }];
  const { port, uri } = await startMongodbDouble({ users, collections: { 'legacy.members': members } });
  return { port, env: { DB_CONNECTION_URI: uri } };
};

const startSqlServer = async (members: Members): Promise<LegacyDouble> => {
  const columns = { id: 'int', email: 'nvarchar(200)', pw_hash: 'nvarchar(100)' };
  const { port, user, password, database } = await startSqlServerDouble({
    tables: { members: { columns, rows: members } },
  });
  return { port, env: { DB_PORT: String(port), DB_USER: user, DB_PASSWORD: password, DB_NAME: database } };
};

const STARTS = { http: startWebService, mongodb: startMongodb, mssql: startSqlServer };

const [kind = 'http', password = ''] = process.argv.slice(2);
const hash = await bcrypt.hash(password, BCRYPT_COST);
const members = Array.from({ length: MEMBERS }, (_, index) => memberOf(index + 1, hash));
process.on('disconnect', () => process.exit());
process.send?.(await STARTS[kind as keyof typeof STARTS](members));
