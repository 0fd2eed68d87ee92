import { UsageError } from '../usage-error.ts';
import { startMongodb } from './mongodb-seed.ts';
import { SEEDED_STORES, type Seed, type SeededStore, type StartSeed } from './seed.ts';
import { startMysql, startPostgresql } from './sql-seeds.ts';
import { storeOfCases } from './store-of-cases.ts';
import { startWebService } from './web-service-seed.ts';

const STARTS: Readonly<Record<SeededStore, StartSeed>> = {
  postgresql: startPostgresql,
  mysql: startMysql,
  mongodb: startMongodb,
  'web-service': startWebService,
};

const storeOf = (asked: string | true, folder: string): SeededStore => {
  const store = asked === true ? storeOfCases(folder) : asked;
  const known = SEEDED_STORES.find((name) => name === store);
  if (known === undefined)
    throw new UsageError(`there are no sample users for ${store}, only for ${SEEDED_STORES.join(', ')}`);
  return known;
};

/**
 * A store on this machine with a few users: databases with the schema in `folder` (`schema.sql`, else that of the
 * ready-made scripts). `true`: of the kind that the folder's cases are for. Throws a UsageError for a kind that cannot be had, an Error when it does not start.
 */
export const startSeed = (asked: string | true, folder: string, port = 0): Promise<Seed> =>
  STARTS[storeOf(asked, folder)]({ folder, port });
