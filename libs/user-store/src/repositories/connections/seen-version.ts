import { ServiceError } from '@userferry/errors';
import type { EntityManager } from 'typeorm';
import type { ConnectionRow } from '../../entities/connection-entities.ts';
import type { Sealer } from '../../secrets/sealing.ts';
import { findVersion, type OpenVersion } from './connection-versions.ts';

const concurrentChange = (hint: string): ServiceError =>
  new ServiceError('CONCURRENT_CHANGE', `the connection was changed meanwhile: ${hint}`);

/** Values that were read of a version go back into that one alone. Throws CONCURRENT_CHANGE. */
export const requireCurrent = (row: ConnectionRow | null, version: number | undefined): void => {
  if (version !== undefined && row?.version !== version) throw concurrentChange('try again');
};

/**
 * Nobody's save is replaced unseen: what this one replaces is as it was in the version that the caller has seen.
 * Throws CONCURRENT_CHANGE.
 */
export const requireSeen = async (
  { manager, sealer }: { readonly manager: EntityManager; readonly sealer: Sealer },
  { row, expectedVersion }: { readonly row: ConnectionRow | null; readonly expectedVersion?: number | undefined },
  isSame: (seen: OpenVersion, now: OpenVersion) => boolean,
): Promise<void> => {
  if (expectedVersion === undefined || (row?.version ?? 0) === expectedVersion) return;
  const seen = row && (await findVersion(manager, sealer, row, expectedVersion));
  const now = seen && (await findVersion(manager, sealer, row));
  if (!seen || !now || !isSame(seen, now)) throw concurrentChange('look at it and save again');
};
