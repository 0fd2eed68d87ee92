/**
 * Parts of packages to which none of their properties leads: what getters give, and classes that only instances have. A
 * package is asked for them when it is loaded, before a script can have changed what it answers.
 */
import { getOwnPropertyDescriptor, ownKeys } from '../primordials.ts';
import { ofAxios } from './parts/axios.ts';
import type { Package } from './parts/instances.ts';
import { ofLodash, ofLodashFp } from './parts/lodash.ts';
import { ofMongodb, ofOldMongodb } from './parts/mongodb.ts';
import { ofMysql, ofMysqlPromise } from './parts/mysql.ts';
import { ofPg } from './parts/pg.ts';
import { ofWebStreams } from './parts/web-streams.ts';

/** What the getters of an object give, without those that throw. */
function givenBy(object: object): unknown[] {
  const given: unknown[] = [];
  for (const key of ownKeys(object)) {
    const { get } = getOwnPropertyDescriptor(object, key) ?? {};
    try {
      if (get !== undefined) given.push(get.call(object));
    } catch {
      // There is nothing that a script could get either.
    }
  }
  return given;
}

type Parts = (module: Package) => unknown[];

const PARTS: Readonly<Record<string, Parts>> = {
  '#web-streams': ofWebStreams,
  // Its methods are there by getters.
  axios: (axios) => [...givenBy(axios.AxiosHeaders.prototype), ...ofAxios(axios)],
  lodash: ofLodash,
  'lodash/fp': ofLodashFp,
  mongodb: ofMongodb,
  'mongodb@3': ofOldMongodb,
  'mongodb@7': ofMongodb,
  mysql2: ofMysql,
  'mysql2/promise': ofMysqlPromise,
  pg: ofPg,
};

export function hiddenParts(name: string, module: unknown): unknown[] {
  return [...givenBy(module as object), ...(PARTS[name]?.(module) ?? [])];
}
