import { randomUUID } from 'node:crypto';
import {
  type ConnectionMode,
  type Isolation,
  LIMITS,
  passwordsIn,
  type ScriptAction,
} from '@userferry/script-contract';
import type { Json } from '@userferry/user-model';
import type { PoolFacts } from './store-facts.ts';

export type EgressRule = { readonly host: string; readonly port: number };

/** One version of a connection, whole and decrypted. Kept in memory only. */
export type ConnectionSettings = {
  readonly connectionId: string;
  readonly version: bigint;
  readonly enabled: boolean;
  readonly mode: ConnectionMode;
  readonly env: Readonly<Record<string, string>>;
  readonly egress: readonly EgressRule[];
  readonly isolation: Isolation;
  readonly scripts: ReadonlyMap<ScriptAction, string>;
  readonly pool: PoolFacts;
};

/** A run to be asked of the script-runner. `source` is absent when the connection has no script for the action. */
export type ScriptRun = {
  readonly runId: string;
  readonly userPoolId: string;
  readonly action: ScriptAction;
  readonly connectionId: string;
  readonly version: bigint;
  readonly source: string | undefined;
  readonly argsJson: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secretNames: readonly string[];
  readonly redactProfile: boolean;
  readonly egress: readonly EgressRule[];
  readonly isolation: Isolation;
  readonly timeoutMs: number;
  /** Those of the call, and among the arguments: nothing that is kept of the run may hold them. */
  readonly passwords: readonly string[];
  /** Debug, not a user's call. */
  readonly test: boolean;
};

export type WhatToRun = {
  readonly userPoolId: string;
  readonly action: ScriptAction;
  /** `context` included. */
  readonly args: readonly Json[];
  /** Of the call, beside those among the arguments: the request's body may have one, written in some way. */
  readonly passwords?: readonly string[] | undefined;
  readonly test?: boolean;
};

/** What of an address may be read in an error, where it helps to find the mistake. */
const OPEN_NAMES: ReadonlySet<string> = new Set(['DB_HOST', 'DB_PORT', 'DB_USERNAME', 'DB_DATABASE']);

/** The run of one of a connection's scripts. Every other value in `env` counts as a secret. */
export const scriptRun = (
  settings: ConnectionSettings,
  { userPoolId, action, args, passwords = [], test = false }: WhatToRun,
): ScriptRun => ({
  runId: randomUUID(),
  userPoolId,
  action,
  connectionId: settings.connectionId,
  version: settings.version,
  source: settings.scripts.get(action),
  argsJson: JSON.stringify(args),
  env: settings.env,
  secretNames: Object.keys(settings.env).filter((name) => !OPEN_NAMES.has(name)),
  redactProfile: settings.mode === 'custom_user_store',
  egress: settings.egress,
  isolation: settings.isolation,
  timeoutMs: LIMITS.timeoutMsDefault,
  passwords: [...new Set([...passwordsIn(action, args), ...passwords])],
  test,
});
