/**
 * The packages that scripts may require as bundles of their own. A package is one line here: the name by which scripts
 * require it and the module that is bundled, with the export that is meant where it is not all of them. (`bcrypt` is no
 * bundle: its stand-in is part of the base.)
 */
export const PACKAGES: Readonly<Record<string, string>> = {
  lodash: 'lodash',
  mongodb: './src/guest/packages/mongodb/mongodb.ts#mongodb',
  'mongodb@7': 'mongodb-7',
  mssql: 'mssql',
  mysql2: 'mysql2',
  'mysql2/promise': 'mysql2/promise',
  pg: 'pg',
};

/** Modules that lie in the bundle of another package, because they share its state. */
export const BUNDLED_WITH: Readonly<Record<string, string>> = { 'mysql2/promise': 'mysql2' };

/** Optional dependencies that drivers probe for: requiring them fails as if they were not installed. */
export const ABSENT_MODULES: readonly string[] = [
  'pg-native',
  'supports-color',
  '@aws-sdk/credential-providers',
  '@mongodb-js/zstd',
  'aws4',
  'gcp-metadata',
  'kerberos',
  'mongodb-client-encryption',
  'snappy',
  'socks',
];

/** Modules that are required on other platforms, or for logins that a script cannot make: an empty object instead. */
export const EMPTY_MODULES: readonly string[] = ['pg-cloudflare', '@azure/identity', '@azure/keyvault-keys'];

/** Packages inside bundles in whose place a module of ours stands, which may load them. */
export const REPLACED_MODULES: Readonly<Record<string, string>> = {
  '@mongodb-js/saslprep': 'guest/packages/mongodb/saslprep.ts',
};
