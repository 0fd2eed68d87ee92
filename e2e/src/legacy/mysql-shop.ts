import { startMariadb } from '@userferry/local-databases';
import { schemaOf } from '@userferry/script-templates';
import { createConnection } from 'mysql2/promise';
import type { ShopServer } from './shop-server.ts';

const oneLine = (statement: string): string => statement.replace(/\s+/g, ' ').trim();

/** The sample tables on a real MariaDB. */
export const startMysqlShop = async (): Promise<ShopServer> => {
  const tables = schemaOf('mysql')
    .split(';')
    .map(oneLine)
    .filter((statement) => statement !== '');
  const server = await startMariadb({ statements: ['CREATE DATABASE shop', 'USE shop', ...tables] });
  const url = new URL(server.url);
  url.pathname = '/shop';
  const uri = url.href;
  const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const connection = await createConnection(uri);
    try {
      const [rows] = await connection.query(sql, [...values]);
      return Array.isArray(rows) ? (rows as Row[]) : [];
    } finally {
      await connection.end();
    }
  };
  const { port, pause, kill, resume, stop } = server;
  return { kind: 'mysql', uri, port, query, pause, kill, resume, stop };
};
