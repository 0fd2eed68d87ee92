import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { createCertificate } from '@userferry/local-databases';
import type { Behaviour, SeenLogin, SeenRequest, SqlServerDoubleOptions } from './double-options.ts';
import type { ServerContext } from './session/server-context.ts';
import { openSession } from './session/session.ts';
import { createSessionState } from './session/session-state.ts';
import { createTable, type TableDefinition, type TableRow, type Tables } from './tables/table.ts';
import { findTable, insertRow } from './tables/write-rows.ts';

/** A running double. */
export type SqlServerDouble = AsyncDisposable & {
  /** 127.0.0.1; a client that checks the certificate's name connects to `localhost`. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** What a client must trust, as PEM text. */
  readonly caCertificate: string;
  /** To be changed at will while the server runs. */
  readonly behaviour: Behaviour;
  /** All requests so far, oldest first. */
  readonly requests: readonly SeenRequest[];
  readonly logins: readonly SeenLogin[];
  /** Requests without what drivers send of their own accord, the kinds `settings` and `check`. */
  readonly ownRequests: () => SeenRequest[];
  /** Rows of a table as they are, uncommitted ones included. Throws where there is no such table. */
  readonly rowsOf: (table: string) => TableRow[];
  readonly openConnections: () => number;
  /** Ends every connection at once, as a server does that dies. */
  readonly dropConnections: () => void;
  /** Ends connections and listener; when it resolves nothing is left. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts a protocol double of SQL Server on a free loopback port: TDS 7.2 to 7.4 and 8.0, SQL logins, TLS, batches,
 * calls, transactions, cancels. It executes no SQL but a few simple statements on tables in memory, and proves the wire,
 * not the engine. Not spoken: Windows and Entra logins, several requests at once on a connection (MARS), bulk load,
 * cursors, distributed transactions, and the types sql_variant, UDT and TVP. There is one collation (no case, code page
 * 1252), and no isolation between transactions.
 */
export const startSqlServerDouble = async (options: SqlServerDoubleOptions = {}): Promise<SqlServerDouble> => {
  const { caCertificate, context } = prepare(options);
  const sockets = new Set<Socket>();
  let sessions = 50;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    sessions += 1;
    openSession(socket, context, sessions);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the double has no port');
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  let stopped: Promise<unknown> | undefined;
  const stop = async (): Promise<void> => {
    stopped ??= Promise.all([server, ...sockets].map((open) => new Promise((resolve) => open.once('close', resolve))));
    server.close();
    dropConnections();
    await stopped;
  };
  return {
    host: '127.0.0.1',
    port: address.port,
    user: context.user,
    password: context.password,
    database: context.database,
    caCertificate,
    behaviour: context.behaviour,
    requests: context.requests,
    logins: context.logins,
    ownRequests: () => context.requests.filter(({ kind }) => kind !== 'settings' && kind !== 'check'),
    rowsOf: (table) => findTable(context.tables, table).rows,
    openConnections: () => sockets.size,
    dropConnections,
    stop,
    [Symbol.asyncDispose]: stop,
  };
};

const prepare = (options: SqlServerDoubleOptions): { caCertificate: string; context: ServerContext } => {
  const { handler, delayMs = 0, silentAt, dropAt, redirectTo } = options;
  const hosts = options.certificateHosts ?? ['localhost', '127.0.0.1'];
  const { caCertificate, certificate, privateKey } = createCertificate(hosts, options.certificateValidDays);
  const context: ServerContext = {
    user: options.user ?? 'legacy_login',
    password: options.password ?? randomBytes(18).toString('base64url'),
    database: options.database ?? 'legacy',
    encryption: options.encryption ?? 'optional',
    serverName: options.serverName ?? 'SQLSERVER-DOUBLE',
    secureContext: createSecureContext({ cert: certificate, key: privateKey }),
    behaviour: { handler, delayMs, silentAt, dropAt, redirectTo },
    requests: [],
    logins: [],
    tables: fill(options.tables ?? {}),
  };
  return { caCertificate, context };
};

const fill = (definitions: Readonly<Record<string, TableDefinition>>): Tables => {
  const tables: Tables = new Map();
  for (const [name, { columns, rows = [] }] of Object.entries(definitions)) {
    const table = createTable(
      name,
      Object.entries(columns).map(([column, declaration]) => ({ name: column, declaration })),
    );
    tables.set(name.toLowerCase(), table);
    for (const row of rows) insertRow(table, row, { parameters: [], session: createSessionState(0) });
  }
  return tables;
};
