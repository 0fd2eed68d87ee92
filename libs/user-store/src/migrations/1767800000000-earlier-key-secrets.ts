import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The secrets of a key from before the one that its own row calls the previous: each goes on for the grace that it was given,
 * so that a rotation that is repeated ends none. The version before neither reads nor writes them; its rotations end them.
 */
export class EarlierKeySecrets1767800000000 implements MigrationInterface {
  name = 'EarlierKeySecrets1767800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE earlier_key_secrets (
      secret_sha256 bytea PRIMARY KEY,
      api_key_id uuid NOT NULL REFERENCES api_keys (id),
      ends_at timestamptz NOT NULL
    )`);
    await runner.query('CREATE INDEX earlier_key_secrets_of_key ON earlier_key_secrets (api_key_id, ends_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE earlier_key_secrets');
  }
}
