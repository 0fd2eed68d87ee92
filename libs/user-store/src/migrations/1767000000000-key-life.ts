import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What keys may do, when they end and were used last, and the secret before. The version before reads and writes none of it. */
export class KeyLife1767000000000 implements MigrationInterface {
  name = 'KeyLife1767000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE api_keys
      ADD COLUMN scopes text[],
      ADD COLUMN expires_at timestamptz,
      ADD COLUMN last_used_at timestamptz,
      ADD COLUMN prefix text,
      ADD COLUMN rotated_at timestamptz,
      ADD COLUMN previous_sha256 bytea,
      ADD COLUMN previous_until timestamptz`);
    await runner.query(
      'CREATE UNIQUE INDEX api_keys_previous ON api_keys (previous_sha256) WHERE previous_sha256 IS NOT NULL',
    );
    await runner.query('CREATE INDEX api_keys_of_pool ON api_keys (user_pool_id, created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX api_keys_of_pool');
    // The version before would let them do everything, for ever.
    await runner.query(
      'UPDATE api_keys SET revoked_at = now() WHERE revoked_at IS NULL AND (scopes IS NOT NULL OR expires_at IS NOT NULL)',
    );
    await runner.query(`ALTER TABLE api_keys
      DROP COLUMN scopes, DROP COLUMN expires_at, DROP COLUMN last_used_at, DROP COLUMN prefix, DROP COLUMN rotated_at,
      DROP COLUMN previous_sha256, DROP COLUMN previous_until`);
  }
}
