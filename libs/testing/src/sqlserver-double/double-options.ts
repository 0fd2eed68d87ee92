import type { SqlHandler } from './query.ts';
import type { TableDefinition } from './tables/table.ts';

/** Where in a session a fault strikes; `query` at a request that is none of the driver's own (settings and checks). */
export type Stage = 'connect' | 'prelogin' | 'tls' | 'login' | 'query';

/** How the server behaves; a test may change any of it while the server runs. */
export type Behaviour = {
  /** Asked first for every query but the driver's own. */
  handler: SqlHandler | undefined;
  /** Waits so long before the answer to the login and to every request. */
  delayMs: number;
  /** From this stage on there is no answer, and the connection stays open. */
  silentAt: Stage | undefined;
  /** The connection ends when it gets to this stage. */
  dropAt: Stage | undefined;
  /** Every login that succeeds is sent to this address, whatever it is. */
  redirectTo: { host: string; port: number } | undefined;
};

/** What a double is to be; everything has a default. */
export type SqlServerDoubleOptions = Partial<Behaviour> & {
  /** Login name, password (random by default) and the one database beside `master`. */
  user?: string;
  password?: string;
  database?: string;
  /**
   * `none`: no TLS at all. `optional` (default): as the client wants, the login alone encrypted where it offers no more.
   * `required`: clients without TLS are turned away. `strict`: TDS 8 alone, TLS before everything; `optional` and
   * `required` speak it too.
   */
  encryption?: 'none' | 'optional' | 'required' | 'strict';
  /** Names and addresses in the certificate: `localhost` and 127.0.0.1 by default. */
  certificateHosts?: readonly string[];
  /** Negative for a certificate that has expired. */
  certificateValidDays?: number;
  /** The name that messages carry. */
  serverName?: string;
  tables?: Readonly<Record<string, TableDefinition>>;
};

/** One request as the server saw it. */
export type SeenRequest = {
  session: number;
  /**
   * `settings`: a batch of nothing but SET, such as the driver sends after every login. `check`: the `SELECT 1;` with
   * which the driver's pool tries a connection before it lends it.
   */
  kind:
    | 'settings'
    | 'check'
    | 'batch'
    | 'query'
    | 'prepare'
    | 'execute'
    | 'unprepare'
    | 'procedure'
    | 'transaction'
    | 'cancel';
  /** The statement, the procedure's name, or what was asked of the transaction. */
  sql: string;
  parameters: Readonly<Record<string, unknown>>;
  inTransaction: boolean;
};

/** One login as the server saw it, its password left out. */
export type SeenLogin = {
  session: number;
  succeeded: boolean;
  userName: string;
  database: string;
  appName: string;
  hostName: string;
  /** What the client calls the server, for a redirected login the address it was sent to. */
  serverName: string;
  encrypted: 'nothing' | 'login' | 'all' | 'strict';
  tdsVersion: number;
  packetBytes: number;
};
