import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { ServiceError } from '@userferry/errors';
import type { Logger } from '@userferry/process';
import { toStatus } from '../status.ts';
import { peerNames } from './peer-names.ts';

/** Whoever watches over the service has no certificate; health says nothing that is worth one. */
const OPEN_TO_ALL = '/grpc.health.v1.Health/';

/**
 * Refuses calls, reflection included, of peers that show no certificate of our authorities, or one whose names are not
 * on the list, before anything of the call is read. The connection itself is let in: a peer that is cut off in the
 * handshake would not be told why, and would try again and again.
 */
export const refuseStrangers =
  (peers: readonly string[], log: Logger): ServerInterceptor =>
  (method, call) => {
    if (method.path.startsWith(OPEN_TO_ALL)) return new ServerInterceptingCall(call);
    const { sslPeerCertificate } = call.getAuthContext();
    const names = sslPeerCertificate === undefined ? undefined : peerNames(sslPeerCertificate);
    if (names?.some((name) => peers.includes(name))) return new ServerInterceptingCall(call);
    const error = refusal(names);
    log.warn({ method: method.path, peer: call.getPeer(), names, reason: error.reason }, 'a peer is refused');
    return new ServerInterceptingCall(call, { start: () => call.sendStatus(toStatus(error)) });
  };

const refusal = (names: readonly string[] | undefined): ServiceError =>
  names === undefined
    ? new ServiceError('PEER_UNKNOWN', 'this service takes calls with a valid certificate of its authorities only')
    : new ServiceError(
        'PEER_NOT_ALLOWED',
        `no name of this certificate (${names.slice(0, 5).join(', ')}) may call this service`,
      );
