import type { ConnectionMode } from '@userferry/script-contract';
import type { JsonObject } from '@userferry/user-model';

export type PoolFacts = {
  readonly name: string;
  readonly metadata: JsonObject;
  readonly revealRejectionDetails: boolean;
  /** Connections work now, by plan or by trial. */
  readonly connectionsIncluded: boolean;
};

/** Enough to know whether the settings held in memory are still current. */
export type ConnectionFacts = {
  readonly connectionId: string;
  readonly version: bigint;
  readonly enabled: boolean;
  readonly mode: ConnectionMode;
};

/** What every answer of our store says beside its own. */
export type StoreFacts = {
  readonly pool: PoolFacts;
  /** `undefined`: the pool has no connection. */
  readonly connection: ConnectionFacts | undefined;
};

/** Whether scripts can be asked: `unpaid` is switched on, but the pool's plan lacks connections. */
export type ConnectionState = 'off' | 'on' | 'unpaid';

export const connectionState = ({ pool, connection }: StoreFacts): ConnectionState => {
  if (!connection?.enabled) return 'off';
  return pool.connectionsIncluded ? 'on' : 'unpaid';
};

/** Where a pool's users are: here alone, on their way here, or in the company's own database for ever. */
export type Situation = 'local' | ConnectionMode;

export const situationOf = ({ connection }: StoreFacts): Situation => (connection?.enabled ? connection.mode : 'local');
