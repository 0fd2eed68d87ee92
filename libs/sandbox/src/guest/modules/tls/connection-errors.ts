/** Errors of a connection that Node makes itself, in its words and OpenSSL's. */

export function unsupported(name: string): Error {
  return Object.assign(new Error(`tls: ${name} is not available to scripts`), { code: 'ERR_UNAVAILABLE' });
}

export const protocolError = ({ message }: Error): Error =>
  Object.assign(new Error(`write EPROTO ${message}`), { errno: -71, code: 'EPROTO', syscall: 'write' });

export const canceled = (): Error =>
  Object.assign(new Error('write ECANCELED Canceled because of SSL destruction'), {
    errno: -125,
    code: 'ECANCELED',
    syscall: 'write',
  });

/** OpenSSL's words: TLS 1.3 knows of no second handshake. */
export const wrongVersion = (): Error =>
  Object.assign(new Error('error:0A00010A:SSL routines::wrong ssl version'), {
    library: 'SSL routines',
    reason: 'wrong ssl version',
    code: 'ERR_SSL_WRONG_SSL_VERSION',
  });

export const disconnected = (): Error =>
  Object.assign(new Error('Client network socket disconnected before secure TLS connection was established'), {
    code: 'ECONNRESET',
  });
