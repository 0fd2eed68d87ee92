import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';

export type SuiteName = 'node' | 'pg' | 'mysql2';

export type TestFile = {
  readonly suite: SuiteName;
  readonly module: string;
  /** Relative to the folder with the checkouts. */
  readonly file: string;
};

const NODE_MODULES: Readonly<Record<string, RegExp>> = {
  buffer: /^test-buffer/,
  events: /^test-event(?!source)/,
  stream: /^test-(?:stream|readable)/,
  url: /^test-(?:url|whatwg-url)/,
  util: /^test-util/,
  querystring: /^test-querystring/,
  'string-decoder': /^test-string-decoder/,
  crypto: /^test-crypto/,
  net: /^test-net/,
  tls: /^test-tls/,
  zlib: /^test-zlib/,
  dns: /^test-dns/,
  timers: /^test-timers/,
  http: /^test-http-/,
  https: /^test-https-/,
};

const nodeFiles = (outside: string): TestFile[] => {
  const files = globSync('test-*.js', { cwd: join(outside, 'node/test/parallel') }).sort();
  return Object.entries(NODE_MODULES).flatMap(([module, pattern]) =>
    files
      .filter((file) => pattern.test(file))
      .map((file) => ({ suite: 'node', module, file: `node/test/parallel/${file}` })),
  );
};

const driverFiles = (outside: string, suite: 'pg' | 'mysql2', folder: string, pattern: string): TestFile[] =>
  ['unit', 'integration', 'global'].flatMap((part) =>
    globSync(`${folder}/${part}/**/${pattern}`, { cwd: outside })
      .sort()
      .map((file) => ({ suite, module: `${suite} ${part}`, file })),
  );

/** Every test file in a folder with the checkouts `node`, `pg` and `mysql2`; those that are not there have none. */
export const findTestFiles = (outside: string): TestFile[] => [
  ...(existsSync(join(outside, 'node')) ? nodeFiles(outside) : []),
  ...driverFiles(outside, 'pg', 'pg/packages/pg/test', '*-tests.js'),
  ...driverFiles(outside, 'mysql2', 'mysql2/test', '*.test.mts'),
];
