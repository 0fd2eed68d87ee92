/** Tells the host which sessions of pg may be kept for a later run, and what makes two of them the same. */
import { setFirstWords, setReuseKey } from '../../modules/net/reuse-key.ts';
import { Socket } from '../../modules/net/socket.ts';
import { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, isInstance } from '../../primordials.ts';
import { sessionKey, tlsDefaults } from './plain-options.ts';

type Connection = {
  readonly stream: unknown;
  readonly startup: (configuration: object) => void;
  readonly requestSsl: () => void;
};
type Client = {
  readonly connection?: Connection;
  readonly password: unknown;
  readonly ssl: unknown;
  readonly sslNegotiation: unknown;
  readonly replication: unknown;
  readonly enableChannelBinding: unknown;
  getStartupConf(): Record<string, unknown>;
};

/** Undefined for a client whose session is not kept: what a function gives, such as a password, is known to it alone. */
function keyOf(client: Client): string | undefined {
  const { password, ssl, sslNegotiation, replication, enableChannelBinding } = client;
  if (sslNegotiation !== 'postgres' || replication) return undefined;
  const startup = client.getStartupConf();
  const options = [startup, ssl, ssl ? tlsDefaults() : null, enableChannelBinding];
  return sessionKey('pg', [startup.user, password], options);
}

type Class<T> = { readonly prototype: T };
type Pg = { readonly Client: Class<Client>; readonly Connection: Class<Connection> };

const { connect: connectSocket, write: writeSocket } = Socket.prototype;

/** Whether its driver will be the first to speak on it: a script may bring one of its own, which says something else before. */
const isUntouched = (stream: unknown): stream is Socket =>
  isInstance(stream, Socket) &&
  getPrototypeOf(stream) === Socket.prototype &&
  stream.connect === connectSocket &&
  stream.write === writeSocket &&
  stream.listenerCount('connect') === 0 &&
  stream.writableLength === 0;

/** Gives what a client will say first; undefined where somebody has changed how. */
function listenerFor({ Client, Connection }: Pg): (client: Client) => Uint8Array | undefined {
  const { startup, requestSsl } = Connection.prototype;
  const { getStartupConf } = Client.prototype;
  return (client) => {
    const { connection, ssl } = client;
    if (!isUntouched(connection?.stream) || client.getStartupConf !== getStartupConf) return undefined;
    if (connection?.startup !== startup || connection.requestSsl !== requestSsl) return undefined;
    let words: Uint8Array | undefined;
    const stream = {
      write(bytes: Uint8Array) {
        words = bytes;
      },
    };
    apply(ssl ? requestSsl : startup, { stream }, ssl ? [] : [client.getStartupConf()]);
    return words;
  };
}

export function offerPgSessions(pg: unknown): void {
  const firstWordsOf = listenerFor(pg as Pg);
  const { prototype } = (pg as Pg).Client;
  const descriptor = getOwnPropertyDescriptor(prototype, '_connect') as PropertyDescriptor;
  const connect = descriptor.value as (...args: unknown[]) => unknown;
  const value = function _connect(this: Client, ...args: unknown[]): unknown {
    const stream = this.connection?.stream as object;
    const words = firstWordsOf(this);
    const key = words && keyOf(this);
    // Who says something else than its options tell would break off with a session that others of the same options left.
    if (words !== undefined && key !== undefined) {
      setReuseKey(stream, key);
      setFirstWords(stream, words);
    }
    return apply(connect, this, args);
  };
  defineProperty(prototype, '_connect', { ...descriptor, value });
}
