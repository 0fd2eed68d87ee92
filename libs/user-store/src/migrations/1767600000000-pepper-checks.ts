import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * By what each pepper is known again: another one under the same id would refuse right passwords. The version before neither
 * reads nor writes it.
 */
export class PepperChecks1767600000000 implements MigrationInterface {
  name = 'PepperChecks1767600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE pepper_checks (
      pepper_id text PRIMARY KEY,
      check_value bytea NOT NULL,
      noted_at timestamptz NOT NULL DEFAULT now()
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pepper_checks');
  }
}
