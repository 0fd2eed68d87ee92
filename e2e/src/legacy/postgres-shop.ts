import { startPostgres } from '@userferry/local-databases';
import { schemaOf } from '@userferry/script-templates';
import type { ShopServer } from './shop-server.ts';

/** `?` as PostgreSQL writes it. */
const numbered = (sql: string): string => {
  let n = 0;
  return sql.replaceAll('?', () => `$${++n}`);
};

/** The sample tables on a real PostgreSQL, owned by an account of the company's. */
export const startPostgresShop = async (): Promise<ShopServer> => {
  const server = await startPostgres({ settings: { max_connections: '60' } });
  const uri = await server.createDatabase('shop', { owner: 'shop' });
  await server.query(`${schemaOf('postgresql')}; ALTER TABLE users OWNER TO shop`, { database: 'shop' });
  const { port, pause, kill, resume, stop } = server;
  const query = <Row>(sql: string, values: readonly unknown[] = []) =>
    server.query<Row>(numbered(sql), { database: 'shop', values: [...values] });
  return { kind: 'postgresql', uri, port, query, pause, kill, resume, stop };
};
