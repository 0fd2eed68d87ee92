import type { MigrationState } from '@userferry/contracts/json-types';
import type { Tone } from '../../components/badge.tsx';

type Words = { readonly name: string; readonly tone: Tone };

/** Where a user stands, in words. */
export const STATE_WORDS: Readonly<Record<MigrationState, Words>> = {
  MIGRATION_STATE_UNSPECIFIED: { name: 'unknown', tone: 'plain' },
  MIGRATION_STATE_LEGACY: { name: 'in your database', tone: 'plain' },
  MIGRATION_STATE_MIGRATED: { name: 'migrated', tone: 'good' },
  MIGRATION_STATE_TOMBSTONED: { name: 'deleted', tone: 'bad' },
  MIGRATION_STATE_LOCAL: { name: 'registered here', tone: 'plain' },
};
