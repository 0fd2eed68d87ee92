import { hasMariadb, MARIADB_MISSING } from '@userferry/local-databases';
import { expect, it } from 'vitest';
import { startMysqlShop } from './mysql-shop.ts';

const name = 'the ready-made MySQL table finds an e-mail in any case, and nobody by a look-alike with other accents';

it.skipIf(!hasMariadb())(hasMariadb() ? name : `${name} (${MARIADB_MISSING})`, async () => {
  const shop = await startMysqlShop();
  try {
    await shop.query(`INSERT INTO users (email, password) VALUES ('ada@example.com', 'none')`);
    const found = async (email: string) => (await shop.query('SELECT id FROM users WHERE email = ?', [email])).length;
    expect([await found('ADA@Example.com'), await found('ada@exämple.com')]).toEqual([1, 0]);
  } finally {
    await shop.stop();
  }
});
