import { UsageError } from '../usage-error.ts';
import { startMongodb } from './mongodb-seed.ts';
import { DEFAULT_STORE, SEEDED_STORES, type Seed, type SeededStore, type StartSeed } from './seed.ts';
import { startMysql, startPostgresql } from './sql-seeds.ts';
import { startWebService } from './web-service-seed.ts';

const STARTS: Readonly<Record<SeededStore, StartSeed>> = {
  postgresql: startPostgresql,
  mysql: startMysql,
  mongodb: startMongodb,
  'web-service': startWebService,
};

const storeOf = (asked: string | true): SeededStore => {
  const store = asked === true ? DEFAULT_STORE : asked;
  const known = SEEDED_STORES.find((name) => name === store);
  if (known === undefined)
    throw new UsageError(`there are no sample users for ${store}, only for ${SEEDED_STORES.join(', ')}`);
  return known;
};

/**
 * A store on this machine with a few users: databases with the schema in `folder` (`schema.sql`, else that of the
 * ready-made scripts). Throws a UsageError for a kind that cannot be had, an Error when it does not start.
 */
export const startSeed = (asked: string | true, folder: string, port = 0): Promise<Seed> =>
  STARTS[storeOf(asked)]({ folder, port });
