import type { EgressRule } from '@userferry/sandbox';
import { completeEnv } from '@userferry/script-contract';
import type { Env } from '../read-env.ts';

export const SEEDED_STORES = ['postgresql', 'mysql', 'mongodb', 'web-service'] as const;
/** Where neither a command nor a file of cases names one. */
export const DEFAULT_STORE = 'postgresql';
export type SeededStore = (typeof SEEDED_STORES)[number];

/** A store of sample users, for as long as it is not disposed of. */
export type Seed = AsyncDisposable & {
  readonly store: SeededStore;
  readonly uri: string;
  /** What an author has to set to reach it. */
  readonly variables: Env;
  /** Over the variables of a script: these, and what follows from them. */
  readonly env: Env;
  readonly allow: readonly [EgressRule];
};

/** `folder`: where the author's own `schema.sql` may be. `port`: 0 for a free one. */
export type StartSeed = (where: { readonly folder: string; readonly port: number }) => Promise<Seed>;

/** The seed that a connection string leads to. */
export const databaseSeed = (store: SeededStore, uri: string, stop: () => Promise<void>): Seed => {
  const variables = { DB_CONNECTION_URI: uri };
  const env = completeEnv(variables);
  const allow = [{ host: env.DB_HOST ?? '', port: Number(env.DB_PORT) }] as const;
  return { store, uri, variables, env, allow, [Symbol.asyncDispose]: stop };
};
