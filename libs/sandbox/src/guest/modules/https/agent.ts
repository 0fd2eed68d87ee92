/** `https.Agent`: connections with TLS, and sessions that later ones take up again. */
import { Agent, type AgentOptions, callable } from '../http/agent.ts';
import type { MarkedSocket } from '../http/outgoing-message.ts';
import { tls } from '../tls.ts';

const SESSIONS_MAX = 100;

/** Marks requests with an identity check of their own: they share neither connections nor sessions. */
export const OWN_CHECK: unique symbol = Symbol('own identity check');
type WithCheck = AgentOptions & { [OWN_CHECK]?: number };

/** Options by which connections differ, in the order of Node's names for them. */
const BY_TRUTH = ['ca', 'cert', 'clientCertEngine', 'ciphers', 'key', 'pfx'] as const;
const AFTER_NAME = ['minVersion', 'maxVersion', 'secureProtocol', 'crl'] as const;
const LAST = ['sessionIdContext', 'sigalgs', 'privateKeyIdentifier', 'privateKeyEngine'] as const;

function pfxKey(pfx: unknown, passphrase: unknown): unknown {
  if (!Array.isArray(pfx)) return pfx;
  return pfx.map((value) => `:${value?.buf || value}:${value?.passphrase || passphrase}`).join('');
}

function tlsNameOf(options: WithCheck): string {
  const { host, servername, rejectUnauthorized, honorCipherOrder, ecdhCurve, dhparam, secureOptions, sigalgs } =
    options;
  const parts = { ...options, pfx: options.pfx && pfxKey(options.pfx, options.passphrase) } as Record<string, unknown>;
  if (sigalgs) parts.sigalgs = JSON.stringify(sigalgs);
  const named = (names: readonly string[]): unknown[] => names.map((name) => parts[name] || '');
  const own = options[OWN_CHECK];
  return [
    ...named(BY_TRUTH),
    rejectUnauthorized ?? '',
    servername && servername !== host ? servername : '',
    ...named(AFTER_NAME),
    honorCipherOrder ?? '',
    ecdhCurve || '',
    dhparam || '',
    secureOptions ?? '',
    ...named(LAST),
    ...(own ? [own] : []),
  ]
    .map((part) => `:${part}`)
    .join('');
}

/** `createConnection` in all its forms: options, or port, host and options. */
function connectionOptions(args: readonly unknown[]): WithCheck {
  const at = args.slice(0, 3).findIndex((arg) => arg !== null && typeof arg === 'object');
  const options = (at === 0 ? args[0] : { ...(args[at] as object | undefined) }) as WithCheck;
  if (typeof args[0] === 'number') options.port = args[0];
  if (typeof args[1] === 'string') options.host = args[1];
  return options;
}

class SecureAgent extends Agent {
  declare maxCachedSessions: number;
  declare _sessionCache: { map: Record<string, unknown>; list: string[] };

  override _setUp(given?: AgentOptions): void {
    const options = { ...given };
    options.defaultPort ??= 443;
    options.protocol ??= 'https:';
    super._setUp(options);
    this.maxCachedSessions = (this.options.maxCachedSessions as number | undefined) ?? SESSIONS_MAX;
    this._sessionCache = { map: {}, list: [] };
  }

  override createConnection(...args: unknown[]): unknown {
    const given = connectionOptions(args);
    const key = given[OWN_CHECK] ? undefined : (given._agentKey as string | undefined);
    const session = key && this._getSession(key);
    const socket = tls.connect(session ? { session, ...given } : given) as object as MarkedSocket & WithCheck;
    if (given[OWN_CHECK]) socket[OWN_CHECK] = given[OWN_CHECK];
    if (key) {
      socket.on('session', (made: unknown) => this._cacheSession(key, made));
      socket.once('close', (hadError: unknown) => {
        if (hadError) this._evictSession(key);
      });
    }
    return socket;
  }

  override keepSocketAlive(socket: MarkedSocket & WithCheck): boolean {
    return socket[OWN_CHECK] ? false : super.keepSocketAlive(socket);
  }

  override getName(options: AgentOptions = {}): string {
    return super.getName(options) + tlsNameOf(options);
  }

  _getSession(key: string): unknown {
    return this._sessionCache.map[key];
  }
  _cacheSession(key: string, session: unknown): void {
    const { map, list } = this._sessionCache;
    if (this.maxCachedSessions === 0) return;
    if (!map[key]) {
      if (list.length >= this.maxCachedSessions) delete map[list.shift() as string];
      list.push(key);
    }
    map[key] = session;
  }
  _evictSession(key: string): void {
    const { map, list } = this._sessionCache;
    const at = list.indexOf(key);
    if (at < 0) return;
    list.splice(at, 1);
    delete map[key];
  }
}

export const HttpsAgent = callable(SecureAgent);
