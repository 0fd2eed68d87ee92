import type { EgressRule } from '../../entities/connection-entities.ts';
import type { Author } from '../history/audit.ts';
import type { UserPool } from '../pools/pool-facts.ts';

/** How a connection treats users, see the script contract. */
export type ConnectionMode = 'lazy_migration' | 'custom_user_store';

/** What a run of a script shares with earlier ones: an isolate that is kept warm, or nothing. */
export type Isolation = 'warm' | 'per_run';

/** Names and values of variables; values are secrets. */
export type EnvValues = Readonly<Record<string, string>>;

/** What may be seen of a saved address: neither its password nor its URI. */
export type SavedAddress = {
  readonly host: string;
  /** 0 where it is not known. */
  readonly port: number;
  readonly username: string;
  readonly database: string;
  readonly hasPassword: boolean;
};

/** A connection without its secrets. */
export type Connection = {
  readonly connectionId: string;
  readonly userPoolId: string;
  readonly mode: ConnectionMode;
  readonly enabled: boolean;
  /** Counts up with every save. */
  readonly version: number;
  readonly envNames: readonly string[];
  readonly egress: readonly EgressRule[];
  /** Absent where no address is saved. */
  readonly address: SavedAddress | undefined;
  readonly isolation: Isolation;
  /** The actions for which a script is saved. */
  readonly savedActions: readonly string[];
  readonly updatedAt: Date;
};

/** A connection's current version whole, secrets in clear. */
export type ConnectionSettings = {
  readonly connectionId: string;
  readonly version: number;
  readonly enabled: boolean;
  readonly mode: ConnectionMode;
  /** Both kinds of variables; the address wins where names meet. */
  readonly env: EnvValues;
  readonly egress: readonly EgressRule[];
  readonly isolation: Isolation;
  readonly scripts: readonly { readonly action: string; readonly source: string }[];
  readonly pool: UserPool;
};

/** One version, as the list of versions tells of it. */
export type ConnectionVersion = {
  readonly version: number;
  readonly savedAt: Date;
  /** An API key's id. */
  readonly savedBy: string;
  /** As `mode`, `address`, `env`, `egress`, `isolation`, `script login`, `rollback to 3`. */
  readonly changes: readonly string[];
  readonly mode: ConnectionMode;
  readonly savedActions: readonly string[];
  readonly current: boolean;
};

/** What a save sets. Variables that are absent stay as they are. */
export type ConnectionChange = Author & {
  readonly userPoolId: string;
  readonly mode: ConnectionMode;
  /** The address of the legacy user store. */
  readonly addressEnv?: EnvValues | undefined;
  /** The company's own variables. */
  readonly ownEnv?: EnvValues | undefined;
  /** The version of which the caller has read values that are among these. */
  readonly keptFromVersion?: number | undefined;
  /** The version that whoever saves has seen, 0 for none; absent: nobody looked. */
  readonly expectedVersion?: number | undefined;
  readonly egress: readonly EgressRule[];
  /** Absent: `warm`. */
  readonly isolation?: Isolation | undefined;
};

export type ScriptChange = Author & {
  readonly userPoolId: string;
  readonly action: string;
  /** What runs. */
  readonly source: string;
  /** `undefined`: JavaScript. */
  readonly language?: string | undefined;
  /** What was written, where that is not what runs. */
  readonly written?: string | undefined;
  /** The version that whoever saves has seen; absent: nobody looked. */
  readonly expectedVersion?: number | undefined;
};

/** A script as its author wrote it; a language of `undefined` is JavaScript. */
export type WrittenScript = { readonly source: string; readonly language: string | undefined };
