/**
 * Where mongodb (6 and 7) connects: tells the host which of its connections may be kept for a later run, and the driver
 * which of them are let in already. Its monitors first look at such a connection, too, before they open one of their own.
 */
import { setReuseKey, welcomeOf } from '../../modules/net/reuse-key.ts';
import type { Socket } from '../../modules/net/socket.ts';
import { endWithRun } from '../../run/run-end.ts';
import { sessionKey, tlsDefaults } from './plain-options.ts';

type Options = Readonly<Record<string, unknown>>;
type Credentials = Options & { readonly mechanism?: unknown };
type MakeSocket = (options: Options) => Promise<Socket>;
type Monitor = {
  readonly server: { readonly pool: { readonly options: Options } };
  readonly options: { readonly heartbeatFrequencyMS: number };
  readonly cancellationToken: unknown;
  once(event: 'close', listener: () => void): void;
};
/** What stands in the place of a monitor's first connection: what is known, or a socket that is new. */
type FirstLook =
  | { readonly isKnown: true; readonly closed: true; readonly hello: unknown; readonly rttMs: number; destroy(): void }
  | { readonly isKnown: false; readonly socket: Socket };

/** Ways to log in that leave nothing on the connection but who is let in. */
const MECHANISMS = ['DEFAULT', 'SCRAM-SHA-1', 'SCRAM-SHA-256'];
/** Options under which more goes over a connection than the host follows, or scripts watch its opening. */
const UNFIT = ['loadBalanced', 'proxyHost', 'autoEncrypter', 'existingSocket', 'monitorCommands', 'lookup'];
const MONITOR = '<monitor>';

const compressorsOf = ({ compressors }: Options): readonly unknown[] =>
  ((compressors ?? []) as unknown[]).filter((one) => one !== 'none');

/** Undefined for a connection that is not kept. */
function keyOf(options: Options): string | undefined {
  const { credentials, appName, driverInfo, serverApi, id } = options;
  if (id === MONITOR || compressorsOf(options).length > 0) return undefined;
  for (let i = 0; i < UNFIT.length; i++) if (options[UNFIT[i] as string]) return undefined;
  const given = (credentials ?? {}) as Credentials;
  const needsLogin = credentials !== undefined && credentials !== null;
  if (needsLogin && !(MECHANISMS as unknown[]).includes(given.mechanism)) return undefined;
  const how = needsLogin ? [given.source, given.mechanism, given.mechanismProperties] : [];
  const all = [how, appName, driverInfo, serverApi, options.tls ? tlsDefaults() : null];
  if (!needsLogin) return sessionKey('mongodb', [], all);
  return sessionKey('mongodb-login', [given.username, given.password], all);
}

/** Marks the options with which `net` or `tls` is about to connect. */
export function mongodbTarget(target: object, options: Options): object {
  const key = keyOf(options);
  if (key !== undefined) setReuseKey(target, key);
  return target;
}

/** Sockets that monitors have found let in, for the pools of the same servers. */
const found = new WeakMap<object, Socket>();

/** The socket for a pool's next connection, where there is one already. */
export function mongodbSocket({ hostAddress, id }: Options): Socket | undefined {
  const socket = id === MONITOR ? undefined : found.get(Object(hostAddress));
  found.delete(Object(hostAddress));
  return socket?.destroyed ? undefined : socket;
}

function handToPool(place: object, socket: Socket, monitor: Monitor): () => void {
  found.set(place, socket);
  const drop = (): void => {
    if (found.get(place) !== socket) return;
    found.delete(place);
    socket.destroy();
  };
  monitor.once('close', drop);
  endWithRun(drop);
  return drop;
}

const looked = new WeakSet<object>();

/**
 * What a monitor sees first. A server whose connection was kept has just said of itself what it is; one that nobody has
 * asked for as long as the driver lets pass between two looks is asked anew. `read` makes an object of bytes.
 */
export async function mongodbFirstLook(
  monitor: Monitor,
  makeSocket: MakeSocket,
  read: (bytes: Uint8Array) => unknown,
): Promise<FirstLook | undefined> {
  const { options } = monitor.server.pool;
  if (looked.has(monitor) || keyOf(options) === undefined) return undefined;
  looked.add(monitor);
  const socket = await makeSocket({ ...options, cancellationToken: monitor.cancellationToken });
  const welcome = welcomeOf(socket);
  if (welcome === undefined) return { isKnown: false, socket };
  const drop = handToPool(options.hostAddress as object, socket, monitor);
  if (welcome.ageMs > monitor.options.heartbeatFrequencyMS) return undefined;
  return { isKnown: true, closed: true, hello: read(welcome.bytes), rttMs: welcome.rttMs, destroy: drop };
}

/** What the server last said on a connection that is let in already; undefined where the driver has to log in. */
export const mongodbWelcome = (socket: object): Uint8Array | undefined => welcomeOf(socket)?.bytes;
