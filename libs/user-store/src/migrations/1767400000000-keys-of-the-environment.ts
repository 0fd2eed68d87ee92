import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which secret the environment gave a key, whatever it was given later: a start would take one that was rotated for a new
 * one. The version before neither reads nor writes it.
 */
export class KeysOfTheEnvironment1767400000000 implements MigrationInterface {
  name = 'KeysOfTheEnvironment1767400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE api_keys ADD COLUMN given_sha256 bytea');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE api_keys DROP COLUMN given_sha256');
  }
}
