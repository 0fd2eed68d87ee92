import { readMongodbUrl } from './config.ts';
import { type MongodbDouble, startMongodbDouble } from './start-mongodb-double.ts';

/** A server for a suite that is to run on the double and on real servers alike. */
export type MongodbUnderTest = AsyncDisposable & {
  /** To be printed with the suite's name: which server this is, without anything secret. */
  readonly description: string;
  /** The connection string for a database. */
  readonly uriOf: (database: string) => string;
  /** Stops the double; leaves a real server alone. */
  readonly stop: () => Promise<void>;
} & ({ readonly kind: 'real' } | { readonly kind: 'double'; readonly double: MongodbDouble });

/** The same for another database; users stay where they are. */
const withDatabase = (uri: string, database: string): string => {
  const [, start = '', path = '', query = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(\/[^?]*)?(\?.*)?$/.exec(uri) ?? [];
  const source = path.length > 1 ? path.slice(1) : 'admin';
  const isLogin = start.includes('@') && !/[?&]authSource=/i.test(query);
  return `${start}/${database}${query}${isLogin ? `${query ? '&' : '?'}authSource=${source}` : ''}`;
};

const hostsOf = (uri: string): string | undefined =>
  /^mongodb(?:\+srv)?:\/\/(?:[^@/?]*@)?([^@/?]+)(?:[/?].*)?$/.exec(uri)?.[1];

/**
 * The real server that MONGODB_URL names, else the double. A suite for both keeps to what the double knows. Throws where
 * MONGODB_URL is no such URL, without showing it.
 */
export const startMongodb = async (url = readMongodbUrl() ?? ''): Promise<MongodbUnderTest> => {
  if (url !== '') {
    const hosts = hostsOf(url);
    if (hosts === undefined) throw new Error('MONGODB_URL must be mongodb://user:password@host:port/');
    const stop = async (): Promise<void> => {};
    const description = `MongoDB at ${hosts} (MONGODB_URL)`;
    const uriOf = (database: string): string => withDatabase(url, database);
    return { kind: 'real', description, uriOf, stop, [Symbol.asyncDispose]: stop };
  }
  const double = await startMongodbDouble({ users: [{ user: 'legacy_login', password: 'p@ss word/%' }] });
  const { stop } = double;
  return {
    kind: 'double',
    double,
    description: 'MongoDB double (MONGODB_URL is not set): proves the wire, not the engine',
    uriOf: (database) => withDatabase(double.uri, database),
    stop,
    [Symbol.asyncDispose]: stop,
  };
};
