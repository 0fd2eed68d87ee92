import { checkServerIdentity } from 'node:tls';
import { type ChannelCredentials, credentials, experimental, ServerCredentials } from '@grpc/grpc-js';
import type { Certificates } from './certificates.ts';

/** How a client speaks TLS. */
export type ClientTls = {
  readonly certificates: Certificates;
  /** The name of the service that is called, which its certificate has to hold. */
  readonly server: string;
};

/** What a channel is opened with. */
export type ChannelSecurity = {
  readonly credentials: ChannelCredentials;
  readonly options: Readonly<Record<string, string>>;
};

/** How a server speaks TLS. */
export type ServerTls = {
  readonly certificates: Certificates;
  /** Names of certificates that may call; absent: whoever comes, with a certificate or without. */
  readonly peers?: readonly string[] | undefined;
};

/**
 * Server credentials that take new certificates while they run.
 * The factory of grpc-js (1.14) hands its two providers on in the wrong order: here both are the same.
 */
export const serverCredentials = (tls: ServerTls | undefined): ServerCredentials =>
  tls === undefined
    ? ServerCredentials.createInsecure()
    : experimental.createCertificateProviderServerCredentials(tls.certificates, tls.certificates, false);

/** The host in `host:port`, `[::1]:port` or `dns:///host:port`; what is no such address has none. */
const hostOf = (address: string): string =>
  /^(?:dns:\/\/\/)?(.+):\d+$/.exec(address)?.[1]?.replace(/^\[(.*)\]$/, '$1') ?? '';

/**
 * Channel credentials that take new certificates while they run, and the options that belong to them. The other side is
 * believed when its certificate has the name of the service, or the host of the address: replicas are called by address,
 * and which one answers is for the authority to vouch for.
 */
export const channelCredentials = (tls: ClientTls | undefined, address: string): ChannelSecurity => {
  if (tls === undefined) return { credentials: credentials.createInsecure(), options: {} };
  const { certificates, server } = tls;
  const host = hostOf(address);
  const identity = certificates.current().identity === undefined ? null : certificates;
  return {
    credentials: experimental.createCertificateProviderChannelCredentials(certificates, identity, {
      checkServerIdentity: (_, certificate) => {
        const problem = checkServerIdentity(server, certificate);
        return problem && host !== '' ? checkServerIdentity(host, certificate) : problem;
      },
    }),
    // Else an address would be sent as the name that is asked for, which TLS forbids (RFC 6066).
    options: { 'grpc.ssl_target_name_override': server },
  };
};

/**
 * For a question of a process to itself, over TLS or not: shows no certificate, believes whichever it is shown, and reads no
 * file. Nothing may be sent over it that somebody else must not read.
 */
export const unverifiedCredentials = (speaksTls: boolean): ChannelSecurity => {
  if (!speaksTls) return channelCredentials(undefined, '');
  const anybody = { rejectUnauthorized: false, checkServerIdentity: () => undefined };
  // An address is no name that TLS may ask for (RFC 6066).
  const options = { 'grpc.ssl_target_name_override': 'localhost' };
  return { credentials: credentials.createSsl(null, null, null, anybody), options };
};
