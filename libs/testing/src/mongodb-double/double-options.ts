import type { Document } from 'bson';

/** Ways to log in that a double knows. */
export type Mechanism = 'SCRAM-SHA-1' | 'SCRAM-SHA-256' | 'MONGODB-X509';

/** A user; as soon as a double has one, commands need a login. */
export type MongodbUser = {
  /** For MONGODB-X509 the subject of the certificate, such as `CN=ferry`. */
  user: string;
  /** None for MONGODB-X509. */
  password?: string;
  /** The database that holds the user, to be named as `authSource`: `admin` by default, `$external` for MONGODB-X509. */
  database?: string;
  /** Both kinds of SCRAM by default. */
  mechanisms?: readonly Mechanism[];
};

/** What happens to a command. */
export type FaultAction =
  /** It is carried out and answered so much later. */
  | { kind: 'delay'; delayMs: number }
  /** It is carried out, and no answer comes; the connection stays open. */
  | { kind: 'silence' }
  /**
   * The connection ends: before the command is carried out, after it, or when half of the reply is sent. `reset` ends it
   * as a crash of the network does (ECONNRESET) and not as a process does that ends.
   */
  | { kind: 'drop'; at: 'request' | 'reply' | 'mid-reply'; reset?: boolean }
  /** It is carried out, and answered with bytes of another protocol. */
  | { kind: 'garbage' }
  /** It is not carried out, and answered with this error. */
  | { kind: 'error'; code: number; message: string; codeName?: string; errorLabels?: readonly string[] }
  /** It is carried out, and the answer comes in pieces of so many bytes. */
  | { kind: 'pieces'; bytes: number };

/** A fault that strikes once, or as often as it says. */
export type Fault = FaultAction & {
  /** The command that it waits for (`hello` by any of its names); by default any that drivers do not send of their own. */
  command?: string;
  /** Lets so many such commands less one pass: 1, the next, by default. */
  nth?: number;
  /** How often in a row it strikes: 1 by default. */
  times?: number;
};

/** One command as the server saw it. */
export type SeenCommand = {
  /** Number of the connection, from 1. */
  connection: number;
  opcode: 'OP_MSG' | 'OP_QUERY';
  compressed: boolean;
  name: string;
  database: string;
  /** Plain values; what a login sends is left out. */
  command: Document;
};

/** What a double is to be; everything has a default. */
export type MongodbDoubleOptions = {
  /** Nobody has to log in by default. */
  users?: readonly MongodbUser[];
  /** The database that connection strings name: `legacy` by default. */
  database?: string;
  /** The name by which clients reach it, in connection strings and in `hello`: 127.0.0.1 by default. */
  host?: string;
  /** TLS with a certificate for `localhost` and 127.0.0.1 made for the occasion, or with the one given. */
  tls?: boolean | { certificate: string; privateKey: string; caCertificate: string };
  /** Who vouches for the certificates of clients that log in by MONGODB-X509, as PEM text. */
  clientAuthority?: string;
  /** Documents to begin with, under `database.collection`, of plain values and of what the `bson` package 6 makes. */
  collections?: Readonly<Record<string, readonly Document[]>>;
  /** Fields whose values are there once in a collection, where they are there at all, under `database.collection`. */
  uniqueFields?: Readonly<Record<string, readonly string[]>>;
  /** A free one by default. */
  port?: number;
  /** Wire versions in `hello`: 0 to 21, those of a server 7.0. */
  wireVersions?: { least: number; greatest: number };
  /** Compressors to agree to: none by default. */
  compressors?: readonly 'zlib'[];
};

/** Also the name of the set (`rs0`) and how many members it has (3). */
export type MongodbSetDoubleOptions = Omit<MongodbDoubleOptions, 'port'> & { setName?: string; members?: number };
