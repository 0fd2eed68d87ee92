import type { ConnectionFacts, PoolFacts } from '@userferry/contracts/migration/v1/login_service';
import type { StoreFacts } from '@userferry/contracts/migration/v1/user_service';
import type { LoginFacts } from '@userferry/user-store';
import { jsonBytes } from './fields.ts';
import { wireMode } from './wire-connection.ts';

/** A pool as it travels with every answer. */
export const wirePoolFacts = (pool: LoginFacts['pool']): PoolFacts => {
  const { name, metadata, revealRejectionDetails, connectionsIncluded } = pool;
  return { name, metadataJson: jsonBytes(metadata), revealRejectionDetails, connectionsIncluded };
};

const wireConnectionFacts = (connection: LoginFacts['connection']): ConnectionFacts | undefined =>
  connection && {
    connectionId: connection.connectionId,
    version: BigInt(connection.version),
    enabled: connection.enabled,
    mode: wireMode(connection.mode),
  };

/** Pool and connection as they travel with every answer. */
export const wireFacts = ({ pool, connection }: LoginFacts): StoreFacts => ({
  pool: wirePoolFacts(pool),
  connection: wireConnectionFacts(connection),
});
