import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.ts';

/** What was decided for a user, which goes with the user, found without reading the rest. */
export class DecisionsOfAUser1767500000000 implements MigrationInterface {
  name = 'DecisionsOfAUser1767500000000';
  // An index that is built while the table is in use cannot be built in a transaction.
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, 'identifier_conflicts_kept_for_user', 'identifier_conflicts (user_id) WHERE kept_local');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX identifier_conflicts_kept_for_user');
  }
}
