import { ServerInterceptingCall, type ServerInterceptor, type StatusObject } from '@grpc/grpc-js';
import { ServiceError } from '@userferry/errors';
import type { Logger } from '@userferry/process';
import { count } from '@userferry/telemetry';
import { toStatus } from '../status.ts';
import { peerNames } from './peer-names.ts';

/** Whoever watches over the service has no certificate; health says nothing that is worth one. */
const OPEN_TO_ALL = '/grpc.health.v1.Health/';

export type RefuseOptions = {
  /** Names that may call. */
  readonly peers: readonly string[];
  readonly log: Logger;
  /**
   * How long after its end a certificate still goes: as long as a connection lives, since one that was made before may be
   * in use by somebody who has renewed. In the handshake it is refused at once; but a TLS session that is resumed is
   * not looked at again, for hours.
   */
  readonly graceMs: number;
};

/**
 * Refuses calls, reflection included, of peers that show no certificate of our authorities, or one whose names are not
 * on the list; no handler sees anything of the call. The connection itself is let in: a peer that is cut off in the
 * handshake would not be told why, and would try again and again.
 */
export const refuseStrangers =
  ({ peers, log, graceMs }: RefuseOptions): ServerInterceptor =>
  (method, call) => {
    if (method.path.startsWith(OPEN_TO_ALL)) return new ServerInterceptingCall(call);
    const { sslPeerCertificate } = call.getAuthContext();
    const isValid = sslPeerCertificate !== undefined && Date.parse(sslPeerCertificate.valid_to) + graceMs >= Date.now();
    const names = isValid ? peerNames(sslPeerCertificate) : undefined;
    if (names?.some((name) => peers.includes(name))) return new ServerInterceptingCall(call);
    const error = refusal(names);
    count('userferry_peers_refused_total', { reason: names === undefined ? 'PEER_UNKNOWN' : 'PEER_NOT_ALLOWED' });
    log.warn({ method: method.path, peer: call.getPeer(), names, reason: error.reason }, 'a peer is refused');
    const status = toStatus(error);
    return new ServerInterceptingCall(call, { start: () => refuse(call, status, method.requestStream) });
  };

type Call = Parameters<ServerInterceptor>[1];

/**
 * Sends the status when the request has come whole: a client of grpc-js 1.14 that is answered earlier holds on to requests
 * for some ten seconds (measured: 45 KB for each of 20 KB). Who may send for ever is answered at once.
 */
const refuse = (call: Call, status: StatusObject, sendsForEver: boolean): void =>
  call.start({
    onReceiveMetadata: () => (sendsForEver ? call.sendStatus(status) : call.startRead()),
    onReceiveMessage: () => call.startRead(),
    onReceiveHalfClose: () => call.sendStatus(status),
    onCancel: () => undefined,
  });

const refusal = (names: readonly string[] | undefined): ServiceError =>
  names === undefined
    ? new ServiceError('PEER_UNKNOWN', 'this service takes calls with a valid certificate of its authorities only')
    : new ServiceError(
        'PEER_NOT_ALLOWED',
        `no name of this certificate (${names.slice(0, 5).join(', ')}) may call this service`,
      );
