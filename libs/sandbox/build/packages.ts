/**
 * The packages that scripts may require as bundles of their own. A package is one line here: the name by which scripts
 * require it and the module that is bundled, with the export that is meant where it is not all of them. (`bcrypt` is no
 * bundle: its stand-in is part of the base.) Those that begin with # are no packages for scripts: the globals of the web
 * platform, loaded when one of them is first touched.
 */
export const PACKAGES: Readonly<Record<string, string>> = {
  '#web': './src/guest/web/fetch.ts',
  '#web-streams': './src/guest/web/streams.ts',
  axios: 'axios',
  lodash: 'lodash',
  // By itself: it brings a lodash of its own, and few scripts ask for it.
  'lodash/fp': 'lodash/fp',
  mongodb: './src/guest/packages/mongodb/mongodb.ts#mongodb',
  'mongodb@3': 'mongodb-3',
  'mongodb@7': 'mongodb-7',
  mssql: 'mssql',
  mysql2: 'mysql2',
  'mysql2/promise': 'mysql2/promise',
  pg: 'pg',
};

/** Those that scripts may require. */
export const OFFERED_PACKAGES: readonly string[] = Object.keys(PACKAGES).filter((name) => !name.startsWith('#'));

/** Modules that lie in the bundle of another package, because they share its state. */
export const BUNDLED_WITH: Readonly<Record<string, string>> = {
  'mysql2/promise': 'mysql2',
  '#web-streams': '#web',
};

/** What free names mean inside a bundle. pg asks for `Response` only to find out whether Cloudflare runs it. */
export const NAMES_WITHIN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '#web': { __UNDICI_IS_NODE__: 'true' },
  pg: { Response: 'undefined', navigator: 'undefined' },
};

/** Modules whose exports are free names inside a bundle. */
export const PUT_INTO: Readonly<Record<string, readonly string[]>> = { '#web': ['guest/web/message-port.ts'] };

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
export const EMPTY_MODULES: readonly string[] = [
  'pg-cloudflare',
  '@azure/identity',
  '@azure/keyvault-keys',
  'node:sqlite',
  'node:worker_threads',
];

/** Modules of undici in whose place a module of ours stands: its client, which needs WebAssembly. */
export const REPLACED_IN_UNDICI: Readonly<Record<string, string>> = { '../../global': 'guest/web/dispatcher.ts' };

/** Packages inside bundles in whose place a module of ours stands, which may load them, or one export of it. */
export const REPLACED_MODULES: Readonly<Record<string, string>> = {
  '@mongodb-js/saslprep': 'guest/packages/mongodb/saslprep.ts',
  'optional-require': 'guest/packages/mongodb/optional-require.ts#optionalRequire',
  saslprep: 'guest/packages/mongodb/saslprep.ts#saslprep',
};

/** Packages inside bundles that are one class, which no script can have: making one throws an error that says this. */
export const REFUSED_CLASSES: Readonly<Record<string, string>> = {
  'https-proxy-agent': 'Proxies are not available to scripts',
};

const MYSQL_CONNECTION = /[/\\]mysql2[/\\]lib[/\\]base[/\\]connection\.js$/;
const LRU = /[/\\]lru\.min[/\\]lib[/\\]index\.js$/;
const BSON = /[/\\]bson[/\\]lib[/\\]bson\.cjs$/;
const BSON_MAP = /[/\\]bson[/\\]lib[/\\]bson[/\\]map\.js$/;
const MONGODB_CONNECT = /[/\\]mongodb(?:-7)?[/\\]lib[/\\]cmap[/\\]connect\.js$/;
const MONGODB_MONITOR = /[/\\]mongodb(?:-7)?[/\\]lib[/\\]sdam[/\\]monitor\.js$/;
const TEDIOUS_CONNECTION = /[/\\]tedious[/\\]lib[/\\]connection\.js$/;
const TEDIOUS_MESSAGES = /[/\\]tedious[/\\]lib[/\\]message-io\.js$/;
const MSSQL_POOL = /[/\\]mssql[/\\]lib[/\\]global-connection\.js$/;
const MSSQL_SHARED = /[/\\]mssql[/\\]lib[/\\]shared\.js$/;
const MONGODB_LOGGER = /[/\\]mongodb-3[/\\]lib[/\\]core[/\\]connection[/\\]logger\.js$/;
const PG_SERIALIZER = /[/\\]pg-protocol[/\\]dist[/\\]serializer\.js$/;
const LODASH_FP = /[/\\]lodash[/\\]fp[/\\]_baseConvert\.js$/;
const AXIOS = /[/\\]axios[/\\]dist[/\\]node[/\\]axios\.cjs$/;

/**
 * Probes of a package that would load all of `fetch` for every script that requires it: axios makes its fetch adapter
 * ready beforehand (it makes it again when it is used), and keeps the class of forms to know them by (it also knows them
 * by their name). And old bson puts a property on `Map`, which nobody reads: an isolate whose built-ins have changed is given
 * up after the run. And mysql2 says where it connects what its session may be kept for; it lists a connection's prepared
 * statements in arrays that grow, in place of half a megabyte for each connection. And what mssql and old mongodb keep of a run
 * in variables of their own (the pool of `sql.connect`, listeners, a logger) is gone when the run is, and so are the adapters
 * that axios has made for `fetch`, which keep the classes that a script gave for them, and the numbers that bson gives to all
 * who ask for them. And two messages of pg, which it cuts out of a buffer, are kept as all its others are. And lodash/fp puts
 * no property on `Array.isArray`, which it shows as its own and which takes none. Nothing else of a package is changed.
 */
export const REWORDED: readonly { readonly file: RegExp; readonly text: string; readonly instead: string }[] = [
  {
    file: MYSQL_CONNECTION,
    text: 'Net.connect(opts.config.port, opts.config.host)',
    instead: "Net.connect(require('#reuse').mysqlTarget(opts.config))",
  },
  ...['keyList', 'valList'].map((list) => ({
    file: LRU,
    text: `const ${list} = new Array(max).fill(undefined);`,
    instead: `const ${list} = [];`,
  })),
  // Of the first alone it is read what comes before and after it without having been written.
  ...['next', 'prev'].map((list) => ({
    file: LRU,
    text: `const ${list} = new Array(max).fill(0);`,
    instead: `const ${list} = [0];`,
  })),
  ...[
    ['net.createConnection(parseConnectOptions(options))', 'net.createConnection'],
    ['tls.connect(parseSslOptions(options))', 'tls.connect'],
  ].map(([text = '', connect]) => ({
    file: MONGODB_CONNECT,
    text,
    instead: `${connect}(require('#reuse').mongodbTarget(${text.slice(text.indexOf('(') + 1, -1)}, options))`,
  })),
  {
    file: MONGODB_CONNECT,
    text: '    const useTLS = options.tls ?? false;\n',
    instead:
      "    const known = require('#reuse').mongodbSocket(options);\n    if (known) return known;\n    const useTLS = options.tls ?? false;\n",
  },
  {
    file: MONGODB_CONNECT,
    text: 'const response = await executeHandshake(handshakeDoc, handshakeOptions);',
    instead:
      "const welcome = require('#reuse').mongodbWelcome(conn.socket); const response = welcome ? require('./wire_protocol/responses').MongoDBResponse.make(welcome).toObject(handshakeOptions) : await executeHandshake(handshakeDoc, handshakeOptions);",
  },
  {
    file: MONGODB_CONNECT,
    text: '    if (!response.arbiterOnly && credentials) {',
    instead: '    if (!welcome && !response.arbiterOnly && credentials) {',
  },
  {
    file: MONGODB_MONITOR,
    text: 'const socket = await (0, connect_1.makeSocket)(monitor.connectOptions);',
    instead:
      "const first = await require('#reuse').mongodbFirstLook(monitor, connect_1.makeSocket, (bytes) => require('../cmap/wire_protocol/responses').MongoDBResponse.make(bytes).toObject(monitor.connectOptions)); if (first?.isKnown) { start = performance.now() - first.rttMs; return first; } const socket = first?.socket ?? await (0, connect_1.makeSocket)(monitor.connectOptions);",
  },
  {
    file: MONGODB_MONITOR,
    text: '        callback(undefined, connection.hello);\n',
    // A monitor that has not looked itself looks at once when something is wrong.
    instead:
      '        if (connection.isKnown) { callback(undefined); if (monitor.monitorId) monitor.monitorId.lastExecutionEnded = -Infinity; return; }\n        callback(undefined, connection.hello);\n',
  },
  {
    file: TEDIOUS_CONNECTION,
    text: 'let socket = await connect(connectOpts, _dns.default.lookup, signal);',
    instead:
      "let socket = await connect(this.routingData ? connectOpts : require('#reuse').tediousTarget(connectOpts, this.config), _dns.default.lookup, signal);",
  },
  {
    file: TEDIOUS_CONNECTION,
    text: '          this.sendPreLogin();\n          this.transitionTo(this.STATE.SENT_PRELOGIN);\n          const preloginResponse = await this.readPreloginResponse(signal);\n          await this.performTlsNegotiation(preloginResponse, signal);\n',
    instead:
      "          if (!require('#reuse').isTediousSession(socket)) {\n          this.sendPreLogin();\n          this.transitionTo(this.STATE.SENT_PRELOGIN);\n          const preloginResponse = await this.readPreloginResponse(signal);\n          await this.performTlsNegotiation(preloginResponse, signal);\n          }\n",
  },
  {
    file: TEDIOUS_MESSAGES,
    text: '        this.socket.pipe(securePair.encrypted);\n        securePair.encrypted.pipe(this.socket);\n',
    instead:
      "        if (!require('#reuse').joinTls(securePair.cleartext, this.socket)) {\n        this.socket.pipe(securePair.encrypted);\n        securePair.encrypted.pipe(this.socket);\n        }\n",
  },
  {
    file: MSSQL_POOL,
    text: 'const globalConnectionHandlers = {}\n',
    instead:
      "let globalConnectionHandlers = {}\nrequire('#undo')(() => { globalConnection = null; globalConnectionHandlers = {} })\n",
  },
  {
    file: MSSQL_SHARED,
    text: 'let PromiseLibrary = Promise\n',
    // A script may have changed both by the end of a run, which is when this is called.
    instead:
      "let PromiseLibrary = Promise\nconst { apply } = Reflect, { clear } = Map.prototype, NativePromise = Promise\nrequire('#undo')(() => { PromiseLibrary = NativePromise; apply(clear, module.exports.valueHandler, []) })\n",
  },
  {
    file: MONGODB_LOGGER,
    text: 'var currentLogger = null;\n',
    instead:
      "var currentLogger = null;\nrequire('#undo')(() => { currentLogger = null; level = null; classFilters = {}; filteredClasses = {}; });\n",
  },
  ...['P', 'S'].map((kind) => ({
    file: PG_SERIALIZER,
    text: `= writer.addCString('${kind}').flush(68 /* code.describe */);`,
    instead: `= __keep(writer.addCString('${kind}').flush(68));`,
  })),
  {
    file: AXIOS,
    text: 'const seedCache = new Map();\n',
    instead: "const seedCache = new Map();\nrequire('#undo')(() => seedCache.clear());\n",
  },
  {
    file: BSON,
    text: 'const INT_CACHE = {};\nconst UINT_CACHE = {};\n',
    instead: "let INT_CACHE = {}, UINT_CACHE = {};\nrequire('#undo')(() => { INT_CACHE = {}; UINT_CACHE = {}; });\n",
  },
  { file: LODASH_FP, text: 'func.convert =', instead: 'if (Object.isExtensible(func)) func.convert =' },
  { file: BSON_MAP, text: '\n  module.exports.Map = global.Map;\n', instead: '\n' },
  { file: AXIOS, text: '\ngetFetch();\n', instead: '\n' },
  { file: AXIOS, text: "typeof G.FormData !== 'undefined' ? G.FormData : undefined", instead: 'undefined' },
];
