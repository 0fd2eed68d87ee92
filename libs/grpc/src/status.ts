import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { isReason, type Reason, ServiceError } from '@userferry/errors';
import { decodeErrorInfo, encodeStatusDetails } from './status-details.ts';

/** A details blob of 64 KB never arrives and the caller hangs to its deadline (grpc-js 1.14.7); these stay well below. */
const MESSAGE_BYTES_MAX = 1024;
const DETAILS_BYTES_MAX = 4096;

const DETAILS_KEY = 'grpc-status-details-bin';

/** The status that goes over the wire: reason and metadata in `grpc-status-details-bin`, never the cause. */
export const toStatus = (error: ServiceError): StatusObject => {
  const code = status[error.code];
  const message = cut(error.message, MESSAGE_BYTES_MAX);
  const metadata = new Metadata();
  const details = encodeStatusDetails({ code, message, reason: error.reason, metadata: error.metadata });
  const bare = () => encodeStatusDetails({ code, message, reason: error.reason, metadata: {} });
  metadata.set(DETAILS_KEY, Buffer.from(details.length <= DETAILS_BYTES_MAX ? details : bare()));
  return { code, details: message, metadata };
};

const cut = (text: string, bytesMax: number): string => {
  const bytes = Buffer.from(text);
  return bytes.length <= bytesMax
    ? text
    : `${bytes
        .subarray(0, bytesMax - 4)
        .toString()
        .replace(/\uFFFD$/, '')}…`;
};

/** What a bare code means when the other side said no reason (a proxy, a dead channel, an older version). */
const REASON_OF_CODE: Readonly<Partial<Record<status, Reason>>> = {
  [status.CANCELLED]: 'CANCELLED',
  [status.INVALID_ARGUMENT]: 'INVALID_ARGUMENT',
  [status.DEADLINE_EXCEEDED]: 'DEADLINE_EXCEEDED',
  [status.UNAVAILABLE]: 'SERVICE_UNAVAILABLE',
  [status.UNAUTHENTICATED]: 'UNAUTHENTICATED',
  [status.PERMISSION_DENIED]: 'PERMISSION_DENIED',
  [status.UNIMPLEMENTED]: 'UNIMPLEMENTED',
  // gRPC's own word for a message beyond its limit; what we run out of has a reason.
  [status.RESOURCE_EXHAUSTED]: 'MESSAGE_TOO_LARGE',
};

/** The same for people, who may be far from whoever called: a console shows what became of a call between two services. */
const WORDS_OF_CODE: Readonly<Partial<Record<status, string>>> = {
  [status.DEADLINE_EXCEEDED]: 'no answer came in time',
  [status.UNAVAILABLE]: 'the service is not there, or was lost before it answered',
};

/** The ServiceError behind a failed call; without a reason of ours its message is not trusted and not repeated. */
export const fromStatus = (error: StatusObject, method: string): ServiceError => {
  const blob = error.metadata?.get(DETAILS_KEY)[0];
  const info = Buffer.isBuffer(blob) ? decodeErrorInfo(blob) : undefined;
  if (info && isReason(info.reason))
    return new ServiceError(info.reason, error.details, { metadata: info.metadata, cause: error });
  const reason = REASON_OF_CODE[error.code] ?? 'INTERNAL';
  const words = WORDS_OF_CODE[error.code] ?? status[error.code] ?? error.code;
  return new ServiceError(reason, `${method}: ${words}`, { cause: error });
};
