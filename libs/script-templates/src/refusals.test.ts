/** What the ready-made scripts say no to, on drivers that would let everything through. */
import type { ScriptAction } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import { type LegacyStore, templateOf } from './templates.ts';

const STORES = ['postgresql', 'mysql', 'sqlserver', 'mongodb'] as const satisfies readonly LegacyStore[];
type Database = (typeof STORES)[number];

type Asked = { readonly ids: unknown[]; readonly hashes: string[] };
type Row = { readonly id: number; readonly _id: string; readonly password: string };

/** Drivers over one row, which every statement finds: they note what they are asked with, and throw what they are told. */
const driversOf = (row: Row, asked: Asked, failure?: object): Readonly<Record<string, unknown>> => {
  const answer = async (result: unknown, values: readonly unknown[] = []) => {
    asked.ids.push(...values);
    if (failure !== undefined) throw failure;
    return result;
  };
  const statement = (result: unknown) => (_sql: string, values?: readonly unknown[]) => answer(result, values);
  const nothing = async () => undefined;
  const request = () => {
    const values: unknown[] = [];
    const self = {
      input: (_name: string, value: unknown) => {
        values.push(value);
        return self;
      },
      query: () => answer({ recordset: [row], rowsAffected: [1] }, values),
    };
    return self;
  };
  class Client {
    connect = nothing;
    end = nothing;
    query = statement({ rows: [row], rowCount: 1 });
  }
  class ConnectionPool {
    connect = async () => this;
    close = nothing;
    request = request;
  }
  const users = {
    findOne: (filter: { readonly $or?: object[] }) => answer(row, [filter]),
    updateOne: (filter: object) => answer({ matchedCount: 1 }, [filter]),
    deleteOne: (filter: object) => answer({ deletedCount: 1 }, [filter]),
  };
  const found = Object.assign([row], { affectedRows: 1 });
  return {
    pg: { Client },
    'mysql2/promise': { createConnection: async () => ({ execute: statement([found]), end: nothing }) },
    mssql: { ConnectionPool },
    mongodb: {
      ObjectId: String,
      MongoClient: { connect: async () => ({ db: () => ({ collection: () => users }), close: nothing }) },
    },
    bcrypt: {
      hash: async () => 'new hash',
      compare: async (_password: string, hash: string) => {
        asked.hashes.push(hash);
        return hash.startsWith('$2b$');
      },
    },
  };
};

class UserNotFoundError extends Error {}
class UserExistsError extends Error {}
class WrongUsernameOrPasswordError extends Error {}
const errors = { UserNotFoundError, UserExistsError, WrongUsernameOrPasswordError };

const ROW: Row = { id: 11, _id: 'a'.repeat(24), password: '$2y$10$of PHP' };

const run = async (store: Database, action: ScriptAction, args: readonly unknown[], failure?: object) => {
  const asked: Asked = { ids: [], hashes: [] };
  const drivers = driversOf(ROW, asked, failure);
  const names = Object.keys(errors);
  const define = new Function('require', 'env', ...names, `${templateOf(store, action)}\nreturn ${action};`);
  const script = define((name: string) => drivers[name], {}, ...Object.values(errors));
  const ended = script(...args, {}).catch((error: Error) => error.constructor.name);
  return { ended: await ended, asked };
};

/** What a database may read as the id 11, or as none: no user has it. */
const NOT_IDS = ['11abc', '011', ' 11', '11 ', '+11', '0xb', '1e1', '11.0', '', '0', '-11', '9'.repeat(20), 11.5];
const NOT_OBJECT_IDS = ['A'.repeat(24), 'twelve bytes', ` ${'a'.repeat(24)}`, 11, ''];
const ID = { postgresql: '11', mysql: 11, sqlserver: 11, mongodb: ROW._id } as const;
const BY_ID = [
  ['updateUser', [{ nickname: 'A' }]],
  ['deleteUser', []],
  ['validatePassword', ['secret']],
] as const;

const strange = STORES.flatMap((store) =>
  (store === 'mongodb' ? NOT_OBJECT_IDS : NOT_IDS).map((id) => [store, id] as const),
);

describe('an id that the store does not write so', () => {
  it.each(strange)('%s: %j is nobody, and the store is not asked', async (store, id) => {
    for (const [action, more] of BY_ID)
      expect(await run(store, action, [id, ...more])).toEqual({
        ended: 'UserNotFoundError',
        asked: { ids: [], hashes: [] },
      });
    const { asked } = await run(store, 'getUser', [{ id, email: null, phone: null, username: null }]);
    expect(asked.ids.filter((value) => value !== null)).toEqual([]);
  });

  it.each(STORES)('%s: its own id is asked for', async (store) => {
    for (const [action, more] of BY_ID) {
      const { ended, asked } = await run(store, action, [ID[store], ...more]);
      expect(ended).not.toBe('UserNotFoundError');
      expect(JSON.stringify(asked.ids)).toContain(JSON.stringify(ID[store]));
    }
    const { asked } = await run(store, 'getUser', [{ id: ID[store], email: null, phone: null, username: null }]);
    expect(JSON.stringify(asked.ids)).toContain(JSON.stringify(ID[store]));
  });
});

describe('an identifier that somebody else has', () => {
  it.each([
    ['postgresql', { code: '23505' }],
    ['mysql', { code: 'ER_DUP_ENTRY' }],
    ['sqlserver', { number: 2627 }],
    ['sqlserver', { number: 2601 }],
    ['mongodb', { code: 11000 }],
  ] as const)('%s: an update says so (%j)', async (store, told) => {
    const failure = Object.assign(new Error('duplicate'), told);
    expect((await run(store, 'updateUser', [ID[store], { email: 'a@b.example' }], failure)).ended).toBe(
      'UserExistsError',
    );
    const other = (await run(store, 'updateUser', [ID[store], { email: 'a@b.example' }], new RangeError('x'))).ended;
    expect(other).toBe('RangeError');
  });
});

describe('a hash of PHP', () => {
  it.each(STORES)('%s: is compared as the bcrypt hash that it is', async (store) => {
    const login = await run(store, 'login', [{ email: 'a@b.example' }, 'secret']);
    expect(login.asked.hashes).toEqual(['$2b$10$of PHP']);
    expect(await run(store, 'validatePassword', [ID[store], 'secret'])).toMatchObject({
      ended: true,
      asked: { hashes: ['$2b$10$of PHP'] },
    });
  });
});
