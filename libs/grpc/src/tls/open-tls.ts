import type { Logger, Transport } from '@userferry/process';
import { showGauge } from '@userferry/telemetry';
import { createCertificates } from './certificates.ts';
import type { ClientTls, ServerTls } from './credentials.ts';

/**
 * A service's own side of TLS, as its configuration says; nothing where that is plaintext. Disposing it ends the watch
 * over the files. What is known of them is shown as metrics.
 * @throws Error when the files cannot be used
 */
export const openTls = async (
  { tls, peers }: Transport,
  log: Logger,
): Promise<(ServerTls & Disposable) | undefined> => {
  if (tls === undefined) return undefined;
  const stack = new DisposableStack();
  const certificates = stack.use(await createCertificates({ ...tls, log, service: serviceOf(log) }));
  stack.use(showGauge('userferry_certificate_ends_seconds', () => [[certificates.current().endsMs / 1_000, {}]]));
  stack.use(showGauge('userferry_certificate_files_fine', () => [[certificates.isFine() ? 1 : 0, {}]]));
  return { certificates, peers, [Symbol.dispose]: () => stack.dispose() };
};

/** The service whose log it is: every line of it has that name, and its certificate should. */
const serviceOf = (log: Logger): string | undefined => {
  const { service } = (log as { readonly bindings?: () => { readonly service?: unknown } }).bindings?.() ?? {};
  return typeof service === 'string' ? service : undefined;
};

/** How a service that has TLS calls another, which has to prove by its certificate that it has that name. */
export const tlsTo = (own: ServerTls | undefined, server: string): ClientTls | undefined =>
  own && { certificates: own.certificates, server };
