import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a script was written in, and how, where that is not what runs. `sealed_source` stays what runs, so that the version
 * before goes on running every script; it shows a script of another language as what runs.
 */
export class ScriptLanguages1767200000000 implements MigrationInterface {
  name = 'ScriptLanguages1767200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE scripts ADD COLUMN language text, ADD COLUMN sealed_written text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE scripts DROP COLUMN language, DROP COLUMN sealed_written');
  }
}
