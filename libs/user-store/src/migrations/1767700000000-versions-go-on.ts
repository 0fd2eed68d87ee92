import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many versions the connections had that a pool has deleted: those of the next one go on from there, so that no number
 * means two things. The version before neither reads nor writes it: what it deletes is not counted, and what it makes begins at 1.
 */
export class VersionsGoOn1767700000000 implements MigrationInterface {
  name = 'VersionsGoOn1767700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE user_pools ADD COLUMN deleted_versions int NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE user_pools DROP COLUMN deleted_versions');
  }
}
