/** Options of driver 3.6, for the connection string and for the object: renamed, reshaped or dropped with a warning. */

type Options = Record<string, unknown>;

const RENAMED: Readonly<Record<string, string>> = {
  poolsize: 'maxPoolSize',
  minsize: 'minPoolSize',
  sslca: 'ca',
  sslcert: 'cert',
  sslkey: 'key',
  sslpass: 'passphrase',
  sslcrl: 'crl',
  acceptablelatencyms: 'localThresholdMS',
  secondaryacceptablelatencyms: 'localThresholdMS',
};
/** What they were for is done always, never, or by other means. */
const DROPPED = new Set(
  `autoReconnect auto_reconnect reconnectTries reconnectInterval numberOfRetries ha haInterval connectWithNoPrimary
  keepAlive bufferMaxEntries promiseLibrary loggerLevel logger domainsEnabled validateOptions compression
  useRecoveryToken`
    .toLowerCase()
    .split(/\s+/),
);
/** Without effect and known to driver 6, which says so itself. */
const HARMLESS = new Set(['usenewurlparser', 'useunifiedtopology']);
/** Groups of driver 2, which 3.6 still flattened. */
const GROUPS = new Set(['server', 'replset', 'mongos', 'db', 'socketoptions']);

const isObject = (value: unknown): value is Options => typeof value === 'object' && value !== null;
// biome-ignore lint/suspicious/noConsole: what a script's console says is the log of its run.
const warn = (name: string): void => console.warn(`mongodb: the option "${name}" has no effect any more`);

const isFalse = (value: unknown): boolean => value === false || value === 'false';

function credentials(auth: unknown): unknown {
  if (!isObject(auth) || !('user' in auth) || 'username' in auth) return auth;
  const { user, ...rest } = auth;
  return { ...rest, username: user };
}

/** One option as driver 6 takes it: nothing, itself, or another. */
function translate(name: string, value: unknown): readonly (readonly [name: string, value: unknown])[] {
  const key = name.toLowerCase();
  if (DROPPED.has(key)) {
    warn(name);
    return [];
  }
  if (key === 'sslvalidate') return [['tlsAllowInvalidCertificates', isFalse(value)]];
  if (key === 'checkserveridentity' && typeof value === 'boolean') return [['tlsAllowInvalidHostnames', !value]];
  if (key === 'auth') return [[name, credentials(value)]];
  return [[RENAMED[key] ?? name, value]];
}

const isOld = (name: string): boolean => {
  const key = name.toLowerCase();
  return key in RENAMED || DROPPED.has(key) || HARMLESS.has(key) || key === 'sslvalidate';
};

function flatten(options: Options): Options {
  const flat: Options = {};
  for (const [name, value] of Object.entries(options)) {
    if (GROUPS.has(name.toLowerCase()) && isObject(value)) Object.assign(flat, flatten(value));
    else flat[name] = value;
  }
  return flat;
}

/** `user` and `password` beside each other were the credentials. */
function gatherCredentials(options: Options): Options {
  if (!('user' in options) || 'auth' in options) return options;
  const { user, password, ...rest } = options;
  return { ...rest, auth: { username: user, password } };
}

/** The options as driver 6 takes them, and whether some of them tell a script of the 3.6 days. */
export function translateOptions(given: unknown): { readonly options: unknown; readonly old: boolean } {
  if (!isObject(given)) return { options: given, old: false };
  const flat = flatten(given);
  const old = Object.keys(given).some((name) => !(name in flat)) || Object.keys(flat).some(isOld) || 'user' in flat;
  if (!old && !isObject(given.auth) && typeof given.checkServerIdentity !== 'boolean') {
    return { options: given, old };
  }
  const options: Options = {};
  for (const [name, value] of Object.entries(gatherCredentials(flat))) {
    for (const [newName, newValue] of translate(name, value)) {
      if (newName === name || !(newName in flat)) options[newName] = newValue;
    }
  }
  return { options, old };
}

const toPair = (text: string): readonly [name: string, value: string] => {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

/** The same for a connection string. */
export function translateUri(uri: unknown): { readonly uri: unknown; readonly old: boolean } {
  if (typeof uri !== 'string') return { uri, old: false };
  const at = uri.lastIndexOf('?');
  const pairs =
    at < 0
      ? []
      : uri
          .slice(at + 1)
          .split('&')
          .map(toPair);
  if (!pairs.some(([name]) => isOld(name))) return { uri, old: false };
  const translated = pairs.flatMap(([name, value]) => translate(name, value));
  const query = translated.map(([name, value]) => `${name}=${String(value)}`).join('&');
  return { uri: query === '' ? uri.slice(0, at) : `${uri.slice(0, at)}?${query}`, old: true };
}
