import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is swept is found by its age, over all pools. */
export class SweepIndexes1766000000000 implements MigrationInterface {
  name = 'SweepIndexes1766000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX login_days_old ON login_days (day)');
    await runner.query('CREATE INDEX audit_entries_old ON audit_entries (at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_entries_old');
    await runner.query('DROP INDEX login_days_old');
  }
}
