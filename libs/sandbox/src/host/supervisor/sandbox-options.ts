import { totalmem } from 'node:os';
import type { Isolation } from '@userferry/script-contract';
import type { EgressRule } from '../../sandbox.ts';
import type { SandboxWatch } from '../../sandbox-watch.ts';
import type { NameSource } from './egress/name-source.ts';
import type { SandboxLog } from './sandbox-log.ts';
import type { LevelName, WallName } from './walls/require-level.ts';
import type { UidRange } from './walls/user-ids.ts';

const MIB = 1024 * 1024;

export type SandboxOptions = {
  /** The built runtime: `libs/sandbox/dist/runtime`. */
  readonly runtimeFolder: string;
  /** Where a copy of it is kept for isolate hosts to run from: see `defaultStateFolder`. */
  readonly stateFolder: string;
  readonly egress: {
    /** Opens exceptions among destinations denied by default. Metadata services stay closed. */
    readonly allow: readonly EgressRule[];
    /** Never to be reached, whatever allows it: our own services. A name closes the addresses behind it as well. */
    readonly never?: readonly EgressRule[];
    /** Where this process listens: closed on the loopback and on every address of this machine. May grow later. */
    readonly ownPorts?: ReadonlySet<number>;
    /** In the place of the system's resolver, for tests. */
    readonly names?: NameSource;
    /** In the place of this machine's addresses, for tests. */
    readonly isOwnAddress?: (address: string) => boolean;
  };
  readonly log: SandboxLog;
  /** Told of what happens, to be counted. */
  readonly watch?: SandboxWatch;
} & Partial<SandboxTuning>;

/** What has a default. */
export type SandboxTuning = {
  /** Isolate hosts in all, blank ones included. */
  readonly maxHosts: number;
  /** What all of them together may hold, beyond what processes of the same program share. */
  readonly hostsBytesMax: number;
  /** Hosts kept ready that have not served anyone yet. */
  readonly blankHosts: number;
  readonly hostsPerConnection: number;
  /** Runs at a time in one host. */
  readonly runsPerHost: number;
  /** Runs that may wait, for one connection and in all, and for how long. */
  readonly queuePerConnection: number;
  readonly queueTotal: number;
  readonly queueWaitMs: number;
  readonly hostIdleMs: number;
  readonly hostMaxAgeMs: number;
  readonly birthTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly resolveTimeoutMs: number;
  /** Resident memory of an isolate host beyond the limits of the runs in it. */
  readonly hostOverheadBytes: number;
  /** What a host may hold between runs and still be used again. */
  readonly hostIdleBytes: number;
  readonly uidRange: UidRange | undefined;
  /** Nothing starts where less than this stands. */
  readonly requiredLevel: LevelName;
  /** Nor where one of these is missing. */
  readonly requiredWalls: readonly WallName[];
  /** Keep connections of well-behaved drivers from one run to the next of the same script, environment and options. */
  readonly reuseConnections: boolean;
  /** What every run gets at the least: `per_run` gives each an isolate of its own, whatever it asks for. */
  readonly isolation: Isolation;
  /** Put isolate hosts into control groups of their own, where that may be done. */
  readonly useCgroups: boolean;
};

/** Half of the memory that this process may have: of its control group where that is limited, else of the machine. */
export const hostsBytesMaxDefault = (): number => {
  const limitBytes = process.constrainedMemory() || totalmem();
  return Math.floor(Math.min(limitBytes, totalmem()) / 2);
};

export const DEFAULT_TUNING: SandboxTuning = {
  maxHosts: 16,
  hostsBytesMax: hostsBytesMaxDefault(),
  blankHosts: 2,
  hostsPerConnection: 2,
  runsPerHost: 4,
  queuePerConnection: 64,
  queueTotal: 512,
  queueWaitMs: 5_000,
  hostIdleMs: 5 * 60_000,
  hostMaxAgeMs: 60 * 60_000,
  birthTimeoutMs: 20_000,
  connectTimeoutMs: 10_000,
  // glibc asks the second nameserver after 5 s without an answer of the first: long enough for that answer to be taken.
  resolveTimeoutMs: 8_000,
  // Enough beyond what a host may hold between runs that the next one's isolate, and another in advance, find room.
  hostOverheadBytes: 256 * MIB,
  hostIdleBytes: 256 * MIB,
  uidRange: undefined,
  requiredLevel: 'process',
  requiredWalls: [],
  reuseConnections: true,
  isolation: 'warm',
  useCgroups: true,
};
