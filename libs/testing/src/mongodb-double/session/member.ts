import type { Document, ObjectId } from 'bson';
import type { Cursors } from '../data/cursors.ts';
import type { Store } from '../data/store.ts';
import type { SeenCommand } from '../double-options.ts';
import type { Account } from './credentials.ts';
import type { Faults } from './faults.ts';
import type { ScramConversation } from './scram.ts';
import type { Topology } from './topology.ts';

/** What the members of a set have in common. */
export type Deployment = {
  readonly store: Store;
  readonly accounts: readonly Account[];
  readonly topology: Topology;
  /** The last retryable write of each session and its reply, so that a repeat is not carried out again. */
  readonly retryableWrites: Map<string, { number: string; reply: Document }>;
  readonly wireVersions: { least: number; greatest: number };
  readonly compressors: readonly string[];
};

/** One server. */
export type Member = {
  readonly deployment: Deployment;
  readonly index: number;
  readonly processId: ObjectId;
  readonly cursors: Cursors;
  readonly faults: Faults;
  readonly commands: SeenCommand[];
};

/** One accepted connection. */
export type Connection = {
  readonly id: number;
  readonly member: Member;
  /** Aborted when the connection is gone. */
  readonly closed: AbortSignal;
  /** The subject of the client's certificate, where one was shown that the authority for clients vouches for. */
  readonly certificateSubject: () => string | undefined;
  login: Account | undefined;
  conversation: (ScramConversation & { id: number; skipsEmpty: boolean; isProven: boolean }) | undefined;
};

/** A command on its way to its answer. */
export type Call = {
  readonly name: string;
  readonly database: string;
  readonly command: Document;
  readonly connection: Connection;
};
