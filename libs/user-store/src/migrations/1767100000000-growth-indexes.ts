import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.ts';

/** Lists of tombstones page by page, and the conflicts that a deleted user has part in, found without reading the rest. */
export class GrowthIndexes1767100000000 implements MigrationInterface {
  name = 'GrowthIndexes1767100000000';
  // Indexes that are built while the table is in use cannot be built in a transaction.
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, 'tombstones_by_time', 'tombstones (user_pool_id, created_at, tombstone_id)');
    await buildIndex(runner, 'identifier_conflicts_of_user', 'identifier_conflicts (user_id) WHERE NOT kept_local');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX identifier_conflicts_of_user');
    await runner.query('DROP INDEX tombstones_by_time');
  }
}
