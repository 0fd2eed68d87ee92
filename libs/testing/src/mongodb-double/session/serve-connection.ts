import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';
import { readFrames } from '../wire/frames.ts';
import { answerFrame } from './answer-frame.ts';
import type { Connection, Member } from './member.ts';
import { createPeer } from './peer.ts';

/** How a server's connections are secured. */
export type Security = {
  readonly context: SecureContext;
  /** Who vouches for the certificates of clients, as PEM text. */
  readonly clientAuthority: string | undefined;
};

/** Serves one accepted connection until it ends. */
export const serveConnection = async (
  socket: Socket,
  member: Member,
  { id, security }: { id: number; security: Security | undefined },
): Promise<void> => {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  socket.on('error', () => socket.destroy());
  socket.setNoDelay();
  const secure = security && startTls(socket, security);
  const stream: Duplex = secure ?? socket;
  const certificateSubject = (): string | undefined => secure && subjectOf(secure, security);
  const connection: Connection = {
    id,
    member,
    closed: closed.signal,
    certificateSubject,
    login: undefined,
    conversation: undefined,
  };
  const peer = createPeer(stream, socket);
  try {
    for await (const frame of readFrames(stream)) await answerFrame(frame, connection, peer);
  } catch {
    // What cannot be read as a message, and connections that break: a server hangs up without a word.
  }
  socket.destroy();
};

const startTls = (socket: Socket, { context, clientAuthority }: Security): TLSSocket => {
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: context,
    requestCert: clientAuthority !== undefined,
    rejectUnauthorized: false,
  });
  return secure.on('error', () => socket.destroy());
};

/** As RFC 2253 writes it, the most specific part first. */
const subjectOf = (secure: TLSSocket, security: Security | undefined): string | undefined => {
  const certificate = secure.getPeerX509Certificate();
  if (certificate === undefined || security?.clientAuthority === undefined) return undefined;
  const isVouchedFor = certificate.verify(new X509Certificate(security.clientAuthority).publicKey);
  return isVouchedFor ? certificate.subject.split('\n').reverse().join(',') : undefined;
};
