/**
 * Where tedious, the driver under mssql, connects: tells the host which of its sessions may be kept for a later run, and the
 * driver which of them are there already.
 */
import { send } from '../../bridge.ts';
import { REUSE_KEY, welcomeOf } from '../../modules/net/reuse-key.ts';
import { channelOf, Socket } from '../../modules/net/socket.ts';
import { isInstance } from '../../primordials.ts';
import { sessionKey, tlsDefaults } from './plain-options.ts';

type Config = {
  readonly server: unknown;
  readonly authentication: { readonly type: unknown; readonly options: Readonly<Record<string, unknown>> };
  readonly options: Readonly<Record<string, unknown>>;
};

/** Only logins by name and password: what else a server lets in by is not in the login itself. */
function keyOf({ server, authentication, options }: Config): string | undefined {
  if (authentication.type !== 'default' || options.connector || options.localAddress) return undefined;
  const { userName, password } = authentication.options;
  const all = [server, authentication.options, options, options.encrypt ? tlsDefaults() : null];
  return sessionKey('tds', [userName, password], all);
}

/** The options for the driver's connector, which hands them on to `net.connect`. */
export function tediousTarget(target: object, config: Config): object {
  const key = keyOf(config);
  return key === undefined ? target : { ...target, [REUSE_KEY]: key };
}

/** Whether the session on a socket is there already: what comes next is the login, which the host answers. */
export const isTediousSession = (socket: object): boolean => welcomeOf(socket) !== undefined;

/**
 * Lets the host take TLS and its connection together, so that nothing of what is encrypted comes here any more. False where
 * they are not both the host's, or something is under way between them.
 */
export function joinTls(secure: object, carrier: object): boolean {
  if (!isInstance(secure, Socket) || !isInstance(carrier, Socket)) return false;
  const [channel, carrierChannel] = [channelOf(secure), channelOf(carrier)];
  if (channel === undefined || carrierChannel === undefined) return false;
  if (carrier.readableLength > 0 || carrier.writableLength > 0) return false;
  send(['join', channel.id, carrierChannel.id, carrier.bytesRead]);
  return true;
}
