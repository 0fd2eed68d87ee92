import { createRequire } from 'node:module';
import type { Binary, Decimal128, Long, MongoClient, MongoClientOptions, ObjectId } from 'mongodb-6';

type Options = MongoClientOptions & Record<string, unknown>;

type Values = {
  readonly Binary: typeof Binary;
  readonly Decimal128: typeof Decimal128;
  readonly Long: typeof Long;
  readonly ObjectId: typeof ObjectId;
};

/** A generation of the driver, each under the types of driver 6 as far as tests use them. */
export type Driver = {
  readonly version: string;
  /** Connects with the options of the driver's time beside those given. */
  readonly connect: (uri: string, options?: Options) => Promise<MongoClient>;
  /** Its own classes of values: none takes another's. */
  readonly values: Values;
};

const require = createRequire(import.meta.url);

const load = (name: string, ofItsTime: Options): Driver => {
  const driver = require(name) as Values & { MongoClient: { connect: Driver['connect'] } };
  const { version } = require(`${name}/package.json`) as { version: string };
  return {
    version,
    connect: (uri, options) => driver.MongoClient.connect(uri, { ...ofItsTime, ...options }),
    values: driver,
  };
};

/** The drivers whose real sessions the double carries: 3.7, 6 and 7. */
export const DRIVERS: readonly Driver[] = [
  load('mongodb-3', { useNewUrlParser: true, useUnifiedTopology: true }),
  load('mongodb-6', {}),
  load('mongodb-7', {}),
];

/** Those of today. */
export const DRIVERS_OF_TODAY: readonly Driver[] = DRIVERS.slice(1);
