/** What every test of mysql2 starts from: a MariaDB with a legacy database in it. */
import { type LocalMariadb, startMariadb } from '@userferry/local-databases';
import bcrypt from 'bcrypt';

/** The user that scripts log in as, who may see the legacy database alone. */
export const LEGACY_USER = { user: 'legacy_owner', password: 'p@ss word/%', database: 'legacy' } as const;

const TYPES = [
  'id bigint unsigned PRIMARY KEY, tiny tinyint, flag tinyint(1), small smallint, whole int, big bigint, huge bigint unsigned',
  'price decimal(20,4), ratio double, part float, bits bit(10), day date, clock time, moment datetime(6), stamp timestamp NULL',
  'born year, word varchar(40), letters char(5), words text, bytes varbinary(20), blobs blob, doc json',
  "kind enum('a','b'), kinds set('x','y','z')",
];
const VALUES = [
  "1, -128, 1, -32768, 2147483647, 9007199254740993, 18446744073709551615, '1234567890123456.7890', 0.1, 1.5, b'1000000001'",
  "'2020-02-29', '-12:34:56', '2020-01-02 03:04:05.678901', '2020-01-02 03:04:05', 1999, 'h\u00e9 \u4f60\ud83d\ude00', 'ab', 'long', x'00ff10', x'deadbeef'",
  `'{"a":[1,null,{"b":"\u00fc"}],"c":9007199254740993}', 'b', 'x,z'`,
];

const statements = (hash: string): string[] => [
  'CREATE DATABASE legacy CHARACTER SET utf8mb4',
  `CREATE USER legacy_owner@127.0.0.1 IDENTIFIED VIA mysql_native_password USING PASSWORD('${LEGACY_USER.password}')`,
  'GRANT ALL ON legacy.* TO legacy_owner@127.0.0.1',
  'CREATE USER ferry_tls@127.0.0.1 IDENTIFIED BY "tls only" REQUIRE SSL',
  'GRANT SELECT ON legacy.* TO ferry_tls@127.0.0.1',
  'CREATE TABLE legacy.users (id int PRIMARY KEY, email text, username text, password text, created_at datetime)',
  `INSERT INTO legacy.users VALUES (7, 'a@b.example', 'ann', '${hash}', '2020-01-02 03:04:05')`,
  'CREATE TABLE legacy.notes (id int AUTO_INCREMENT PRIMARY KEY, text varchar(100) UNIQUE)',
  'SET NAMES utf8mb4',
  `CREATE TABLE legacy.everything (${TYPES.join(', ')})`,
  `INSERT INTO legacy.everything VALUES (${VALUES.join(', ')})`,
  'INSERT INTO legacy.everything (id) VALUES (2)',
  'CREATE DEFINER = legacy_owner@127.0.0.1 PROCEDURE legacy.two_results() BEGIN SELECT 1 AS one; SELECT 2 AS two; END',
];

/** The password of the user 7 is `right`. */
export const startLegacyMariadb = (): Promise<LocalMariadb> =>
  startMariadb({ tls: true, statements: statements(bcrypt.hashSync('right', 4)) });

/** The beginning of test scripts: `mysql`, and `config` for the legacy database. */
export const mysqlPrelude = (module: 'mysql2' | 'mysql2/promise'): string => `const mysql = require('${module}');
const config = { host: env.HOST, port: Number(env.PORT), ...${JSON.stringify(LEGACY_USER)} };
const opened = []; const connect = async (more) => { const c = await mysql.createConnection({ ...config, ...more }); opened.push(c); return c };
`;
