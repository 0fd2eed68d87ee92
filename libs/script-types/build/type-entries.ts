/** Where the types of each offered package are, from this workspace. `undefined` types: none are to be had. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The folder of an installed package, whether or not it lets its package.json be asked for. */
const folderOf = (name: string): string => {
  for (const base of require.resolve.paths(name) ?? []) {
    const manifest = join(base, name, 'package.json');
    try {
      return dirname(require.resolve(manifest));
    } catch {
      // the next folder up
    }
  }
  throw new Error(`${name} is not installed: run npm install`);
};

const ENTRIES: Readonly<Record<string, readonly [name: string, file: string]>> = {
  axios: ['axios', 'index.d.cts'],
  bcrypt: ['@types/bcrypt', 'index.d.ts'],
  lodash: ['@types/lodash', 'index.d.ts'],
  'lodash/fp': ['@types/lodash', 'fp.d.ts'],
  mongodb: ['mongodb', 'mongodb.d.ts'],
  'mongodb@7': ['mongodb-7', 'mongodb.d.ts'],
  mssql: ['@types/mssql', 'index.d.ts'],
  mysql2: ['mysql2', 'index.d.ts'],
  'mysql2/promise': ['mysql2', 'promise.d.ts'],
  pg: ['@types/pg', 'index.d.ts'],
};

/** Offered package → the file of its types. */
export const packageEntries = (): ReadonlyMap<string, string> =>
  new Map(Object.entries(ENTRIES).map(([module, [name, file]]) => [module, join(folderOf(name), file)]));

/** The files in which Node's own types begin. */
export const nodeEntry = (): string => join(folderOf('@types/node'), 'index.d.ts');
