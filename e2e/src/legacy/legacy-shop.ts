import bcrypt from 'bcrypt';
import { startMysqlShop } from './mysql-shop.ts';
import { startPostgresShop } from './postgres-shop.ts';
import type { ShopKind, ShopServer } from './shop-server.ts';

/** Somebody in a company's old database. */
export type Shopper = {
  readonly email: string;
  readonly username: string;
  readonly phone?: string;
  readonly nickname?: string;
  readonly password: string;
};

export type LegacyShop = ShopServer & {
  /** Adds a user and returns the id that the database gave. */
  readonly add: (shopper: Shopper) => Promise<LegacyId>;
  readonly rename: (id: LegacyId, to: Pick<Shopper, 'email' | 'username'>) => Promise<void>;
  readonly countOf: (email: string) => Promise<number>;
  /** In the type in which the driver gives it to scripts; undefined when nobody has the e-mail. */
  readonly idOf: (email: string) => Promise<LegacyId | undefined>;
};

/** The tables' ids are bigint: PostgreSQL's driver gives them as text, MySQL's as a number. */
export type LegacyId = string | number;

const START = { postgresql: startPostgresShop, mysql: startMysqlShop } as const;

/** The company's own hashes are cheap here: nothing is proven by their price. */
const BCRYPT_COST = 4;

/** Starts a company's old database. */
export const startLegacyShop = async (kind: ShopKind): Promise<LegacyShop> => {
  const server = await START[kind]();
  const { query } = server;
  const idOf = async (email: string): Promise<LegacyId | undefined> => {
    const [row] = await query<{ id: LegacyId }>('SELECT id FROM users WHERE email = ?', [email]);
    return row?.id;
  };
  return {
    ...server,
    add: async ({ email, username, phone, nickname, password }) => {
      const hash = await bcrypt.hash(password, BCRYPT_COST);
      const sql = 'INSERT INTO users (email, username, phone, nickname, password) VALUES (?, ?, ?, ?, ?)';
      await query(sql, [email, username, phone ?? null, nickname ?? null, hash]);
      const id = await idOf(email);
      if (id === undefined) throw new Error('the database did not keep the user');
      return id;
    },
    rename: async (id, { email, username }) => {
      await query('UPDATE users SET email = ?, username = ? WHERE id = ?', [email, username, id]);
    },
    countOf: async (email) => {
      const [row] = await query<{ n: unknown }>('SELECT count(*) AS n FROM users WHERE email = ?', [email]);
      return Number(row?.n);
    },
    idOf,
  };
};
