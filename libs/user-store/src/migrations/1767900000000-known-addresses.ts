import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * From where the owner of a password has logged in, as marks that name no address: wrong passwords from elsewhere do not make
 * them wait there. The version before neither reads nor writes it: where that sets a password, the marks stay.
 */
export class KnownAddresses1767900000000 implements MigrationInterface {
  name = 'KnownAddresses1767900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE credentials ADD COLUMN known_addresses bytea');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE credentials DROP COLUMN known_addresses');
  }
}
