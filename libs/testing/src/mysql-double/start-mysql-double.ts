import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { createCertificate } from '@userferry/local-databases';
import type { ServerError } from './replies.ts';
import { type MysqlDoubleContext, openMysqlSession, type Rows, type SeenMysqlLogin } from './session.ts';

const KEY_BITS = 2048;

/** How the double is to be; everything has a default. */
export type MysqlDoubleOptions = {
  readonly user?: string;
  /** Random by default. */
  readonly password?: string;
  /** Offer TLS, with a certificate made here for localhost and 127.0.0.1. */
  readonly tls?: boolean;
  /** What the greeting names: clients that start with another plugin are asked to switch to `caching_sha2_password`. */
  readonly announcedPlugin?: string;
  /** Answers each statement: rows of texts, none for a plain OK, an error, or the end of the connection. */
  readonly answer?: (sql: string) => Rows | { readonly error: ServerError } | 'drop';
};

/** A running double. */
export type MysqlDouble = AsyncDisposable & {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The key that passwords are encrypted with, as PEM text. */
  readonly publicKeyPem: string;
  /** What a client must trust, as PEM text; only with `tls`. */
  readonly caCertificate: string | undefined;
  /** All logins so far, oldest first. */
  readonly logins: readonly SeenMysqlLogin[];
  /** The next login has to be a full one, as after FLUSH PRIVILEGES. */
  readonly forgetPasswords: () => void;
  /** Ends connections and listener; when it resolves nothing is left. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts a protocol double of MySQL 8 on a free loopback port, for what MariaDB cannot show: `caching_sha2_password`
 * by the fast path, by the RSA exchange and inside TLS. It executes no SQL: statements get the answer that the test
 * gives, by default one row of the user 7.
 */
export const startMysqlDouble = async (options: MysqlDoubleOptions = {}): Promise<MysqlDouble> => {
  const keys = generateKeyPairSync('rsa', { modulusLength: KEY_BITS });
  const publicKeyPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const tls = options.tls ? createCertificate(['localhost', '127.0.0.1']) : undefined;
  const context: MysqlDoubleContext = {
    user: options.user ?? 'legacy_login',
    password: options.password ?? randomBytes(18).toString('base64url'),
    announcedPlugin: options.announcedPlugin ?? 'caching_sha2_password',
    privateKey: keys.privateKey,
    publicKeyPem,
    secureContext: tls && createSecureContext({ cert: tls.certificate, key: tls.privateKey }),
    answer: options.answer ?? (() => [{ id: '7', email: 'a@b.example', name: null }]),
    logins: [],
    cache: new Set(),
  };
  const { port, stop } = await listen(context);
  return {
    host: '127.0.0.1',
    port,
    user: context.user,
    password: context.password,
    publicKeyPem,
    caCertificate: tls?.caCertificate,
    logins: context.logins,
    forgetPasswords: () => context.cache.clear(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
};

const listen = async (context: MysqlDoubleContext): Promise<{ port: number; stop: () => Promise<void> }> => {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    connections += 1;
    openMysqlSession(socket, context, connections);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the double has no port');
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { port: address.port, stop };
};
