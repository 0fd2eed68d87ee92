import { ConnectionMode as WireMode } from '@userferry/contracts/management/v1/connection_service';
import type {
  ConnectionFacts as WireConnection,
  PoolFacts as WirePool,
} from '@userferry/contracts/migration/v1/login_service';
import { Isolation as WireIsolation } from '@userferry/contracts/runner/v1/script_runner_service';
import type { ConnectionMode, Isolation } from '@userferry/script-contract';
import type { ConnectionFacts, PoolFacts, StoreFacts } from '../connection/store-facts.ts';
import { jsonObjectOf } from './json.ts';
import { unknownAnswer } from './unknown-answer.ts';

const MODES: Readonly<Partial<Record<WireMode, ConnectionMode>>> = {
  [WireMode.LAZY_MIGRATION]: 'lazy_migration',
  [WireMode.CUSTOM_USER_STORE]: 'custom_user_store',
};

/** A mode of a later version is not guessed at: in the wrong one users would be written. */
export const toMode = (wire: WireMode): ConnectionMode => {
  const mode = MODES[wire];
  if (mode === undefined) throw unknownAnswer();
  return mode;
};

/** One of a later version is not guessed at: it may ask for more than is known here. */
export const toIsolation = (wire: WireIsolation): Isolation => {
  if (wire === WireIsolation.UNSPECIFIED) return 'warm';
  if (wire === WireIsolation.PER_RUN) return 'per_run';
  throw unknownAnswer();
};

export const toWireIsolation = (isolation: Isolation): WireIsolation =>
  isolation === 'per_run' ? WireIsolation.PER_RUN : WireIsolation.UNSPECIFIED;

export const toPoolFacts = (pool: WirePool | undefined): PoolFacts => {
  if (pool === undefined) throw unknownAnswer();
  const { name, metadataJson, revealRejectionDetails, connectionsIncluded } = pool;
  return { name, metadata: jsonObjectOf(metadataJson), revealRejectionDetails, connectionsIncluded };
};

const toConnectionFacts = ({ connectionId, version, enabled, mode }: WireConnection): ConnectionFacts => ({
  connectionId,
  version,
  enabled,
  mode: toMode(mode),
});

type WireFacts = { readonly pool?: WirePool | undefined; readonly connection?: WireConnection | undefined };

export const toStoreFacts = ({ pool, connection }: WireFacts): StoreFacts => ({
  pool: toPoolFacts(pool),
  connection: connection && toConnectionFacts(connection),
});
