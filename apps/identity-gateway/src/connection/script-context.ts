import type { JsonObject } from '@userferry/user-model';
import type { RequestFacts } from './request-facts.ts';
import type { PoolFacts } from './store-facts.ts';

export type ContextFacts = {
  readonly userPoolId: string;
  readonly pool: Pick<PoolFacts, 'name' | 'metadata'>;
  readonly facts: RequestFacts;
};

/** The last argument of every script. Source: contract, "What a script can see". */
export const scriptContext = ({ userPoolId, pool, facts }: ContextFacts): JsonObject => ({
  userPoolId,
  userPoolName: pool.name,
  userPoolMetadata: pool.metadata,
  appId: facts.appId,
  appName: facts.appName,
  appMetadata: facts.appMetadata,
  application: facts.appName,
  request: { ip: facts.ip, geo: facts.geo, body: facts.body },
});
