import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What runs share, as part of a version of a connection. The version before neither reads nor writes it: what it saves has
 * what there was until then.
 */
export class ConnectionIsolation1767300000000 implements MigrationInterface {
  name = 'ConnectionIsolation1767300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE connection_versions ADD COLUMN isolation text NOT NULL DEFAULT 'warm'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connection_versions DROP COLUMN isolation');
  }
}
