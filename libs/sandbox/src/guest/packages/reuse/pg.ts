/** Tells the host which sessions of pg may be kept for a later run, and what makes two of them the same. */
import { setReuseKey } from '../../modules/net/reuse-key.ts';
import { Socket } from '../../modules/net/socket.ts';
import { apply, defineProperty, getOwnPropertyDescriptor, isInstance, jsonStringify } from '../../primordials.ts';
import { plainOptions, tlsDefaults } from './plain-options.ts';

type Client = {
  readonly connection?: { readonly stream?: unknown };
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
  const options = plainOptions([
    client.getStartupConf(),
    password ?? null,
    ssl,
    ssl ? tlsDefaults() : null,
    enableChannelBinding,
  ]);
  return options === undefined ? undefined : `pg ${jsonStringify(options)}`;
}

export function offerPgSessions(pg: unknown): void {
  const { prototype } = (pg as { readonly Client: { readonly prototype: object } }).Client;
  const descriptor = getOwnPropertyDescriptor(prototype, '_connect') as PropertyDescriptor;
  const connect = descriptor.value as (...args: unknown[]) => unknown;
  const value = function _connect(this: Client, ...args: unknown[]): unknown {
    const stream = this.connection?.stream;
    const key = isInstance(stream, Socket) ? keyOf(this) : undefined;
    if (key !== undefined) setReuseKey(stream as object, key);
    return apply(connect, this, args);
  };
  defineProperty(prototype, '_connect', { ...descriptor, value });
}
