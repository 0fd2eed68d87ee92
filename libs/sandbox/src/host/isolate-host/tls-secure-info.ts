/** What the guest is told of a finished TLS handshake. */
import type { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { SecureInfo, SessionFacts, WireCertificate } from '../../bridge/operations.ts';
import { forGuest } from './arguments.ts';

const CHAIN_MAX = 16;

/** Bytes may be missing: before TLS 1.3 there is a session at once, later it comes by itself. */
const bytesOf = (bytes: Buffer | undefined): Uint8Array | null => (bytes ? forGuest(Buffer.from(bytes)) : null);

function wireCertificate(certificate: object): WireCertificate {
  const wire: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(certificate)) {
    if (field === 'issuerCertificate') continue;
    // Fields that this kind of certificate does not have are there in Node, without a value.
    const isPlain = value !== undefined && !(value instanceof Buffer);
    wire[field] = isPlain ? JSON.parse(JSON.stringify(value)) : value && bytesOf(value);
  }
  return wire;
}

/** A certificate as Node gives it in detail, and those that issued it, as far as they are known. */
export function chainOf(certificate: DetailedPeerCertificate | undefined): WireCertificate[] {
  const chain: WireCertificate[] = [];
  let next = certificate;
  while (next !== undefined && Object.keys(next).length > 0 && chain.length < CHAIN_MAX) {
    const issuer: DetailedPeerCertificate | undefined = next.issuerCertificate;
    const isOwnIssuer: boolean = issuer === next;
    chain.push({ ...wireCertificate(next), ...(isOwnIssuer ? { isOwnIssuer } : {}) });
    next = isOwnIssuer ? undefined : issuer;
  }
  return chain;
}

function sentBy(socket: TLSSocket): number {
  let sent = 0;
  for (let next: X509Certificate | undefined = socket.getPeerX509Certificate(); next && sent < CHAIN_MAX; sent += 1)
    next = next.issuerCertificate;
  return sent;
}

/** Facts of a session that the peer has given. */
export const sessionFactsOf = (socket: TLSSocket, session: Buffer): SessionFacts => ({
  session: forGuest(session),
  ticket: bytesOf(socket.getTLSTicket()),
});

/** Facts of the connection at the moment when it is secure. */
export function secureInfoOf(socket: TLSSocket): SecureInfo {
  const own = socket.getCertificate();
  return {
    authorized: socket.authorized,
    authorizationError: socket.authorizationError ? String(socket.authorizationError) : null,
    alpnProtocol: socket.alpnProtocol,
    protocol: socket.getProtocol(),
    cipher: { ...socket.getCipher() },
    ephemeralKey: { ...socket.getEphemeralKeyInfo() },
    peerCertificates: chainOf(socket.getPeerCertificate(true)),
    certificatesSent: sentBy(socket),
    ownCertificate: own && Object.keys(own).length > 0 ? wireCertificate(own) : null,
    session: bytesOf(socket.getSession()),
    sessionReused: socket.isSessionReused(),
    ticket: bytesOf(socket.getTLSTicket()),
    finished: bytesOf(socket.getFinished()),
    peerFinished: bytesOf(socket.getPeerFinished()),
  };
}
