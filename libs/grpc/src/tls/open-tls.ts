import type { Logger, Transport } from '@userferry/process';
import { createCertificates } from './certificates.ts';
import type { ClientTls, ServerTls } from './credentials.ts';

/**
 * A service's own side of TLS, as its configuration says; nothing where that is plaintext. Disposing it ends the watch
 * over the files.
 * @throws Error when the files cannot be used
 */
export const openTls = async (
  { tls, peers }: Transport,
  log: Logger,
): Promise<(ServerTls & Disposable) | undefined> => {
  if (tls === undefined) return undefined;
  const certificates = await createCertificates({ ...tls, log });
  return { certificates, peers, [Symbol.dispose]: () => certificates[Symbol.dispose]() };
};

/** How a service that has TLS calls another, which has to prove by its certificate that it has that name. */
export const tlsTo = (own: ServerTls | undefined, server: string): ClientTls | undefined =>
  own && { certificates: own.certificates, server };
