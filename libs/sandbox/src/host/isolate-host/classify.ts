/** Tells an outage of the tenant's store, and a refusal by the egress policy, from what the script itself decided. */
import type { Outcome } from '@userferry/script-contract';
import type { ReportedError, RunReport, WireError } from '../../bridge/operations.ts';
import { isDenial, type TransportLog } from './transport-log.ts';

/** By these a script says that it decided; they are never taken for an outage. */
const DECIDED_NAMES = new Set([
  'WrongUsernameOrPasswordError',
  'UserNotFoundError',
  'UserExistsError',
  'ValidationError',
]);

const TRANSPORT_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
  'ETIMEOUT',
  'ESOCKETTIMEDOUT',
  'ENOTFOUND',
  'ENODATA',
  'ESERVFAIL',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'HOSTNAME_MISMATCH',
  // PostgreSQL: shutting down, crashed, not yet accepting, out of connections.
  '57P01',
  '57P02',
  '57P03',
  '53300',
  // What mysql2 calls them, and the servers' own: too many connections, shutting down, killed.
  'PROTOCOL_CONNECTION_LOST',
  'HANDSHAKE_SSL_ERROR',
  'HANDSHAKE_NO_SSL_SUPPORT',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  // fetch: the other side closed too early or did not answer.
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  // mssql: everything about the socket.
  'ESOCKET',
  'ECONNCLOSED',
]);
/** Errors of drivers that give no code when a server is down, does not answer or went away. */
const TRANSPORT_NAMES = new Set([
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
]);
/** Numbers by which a MongoDB says that it cannot serve now: it stops, is not the primary, ran out of the time it has. */
const MONGO_CODES = new Set('6 7 50 89 91 189 262 9001 10107 11600 11602 13435 13436'.split(' '));
const MONGO_SERVER_NAMES = /^(?:Mongo(?:Server|BulkWrite|WriteConcern)?|BulkWrite|WriteConcern)Error$/;
const TRANSPORT_CODE_SHAPES = /^(?:08\w{3}|CERT_\w+|UNABLE_TO_\w+|ERR_TLS_\w+|ERR_SSL_\w+|HPE_\w+)$/;
/** What drivers say when the store did not answer or went away, where they give no code. */
const TRANSPORT_MESSAGES =
  /Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|The server does not support SSL connections|There was an error establishing an SSL connection|Unknown authenticationOk message type|SASL: SCRAM-|SASL: Only mechanism|Client network socket disconnected|socket hang up|stream has been aborted|No event 'socketError' in state|connection (?:\d+|<monitor>) to \S+ (?:closed|timed out)|Server selection timed out after|interrupted due to server monitor timeout|server is in quiesce mode|interrupted at shutdown|operation exceeded time limit/i;

/** No user, and a wrong password: what a script answers that has caught the error of a store it could not ask. */
const NEGATIVE = new Set<string | undefined>(['null', 'false']);

/** Shorter texts would be found by chance. */
const CONTAINED_MIN = 12;
const OUT_OF_MEMORY = /Array buffer allocation failed|disposed during execution due to memory limit/;

type Link = ReportedError['chain'][number];

const isTransport = ({ name, code, message }: Link): boolean =>
  TRANSPORT_NAMES.has(name) ||
  (code !== undefined && (TRANSPORT_CODES.has(code) || TRANSPORT_CODE_SHAPES.test(code))) ||
  (code !== undefined && MONGO_CODES.has(code) && MONGO_SERVER_NAMES.test(name)) ||
  TRANSPORT_MESSAGES.test(message);

/** Whether a failure of this run shows in the error: by its code, or by its text inside the thrown one. */
function shows(failure: WireError, chain: readonly Link[]): boolean {
  return chain.some(({ code, message }) => {
    if (code !== undefined && code === failure.code) return true;
    return failure.message.length >= CONTAINED_MIN && message.includes(failure.message);
  });
}

const ofFailure = (failure: WireError): Outcome => (isDenial(failure) ? 'egress_denied' : 'store_unreachable');

function ofError(error: ReportedError, transport: TransportLog): Outcome {
  const { chain } = error;
  // Whoever was not let through to a store has decided nothing, by whatever name.
  const isLastDenied = transport.lastFailure !== undefined && isDenial(transport.lastFailure);
  if (chain.some(({ name }) => DECIDED_NAMES.has(name))) return isLastDenied ? 'egress_denied' : 'threw';
  const denied = transport.failures.filter(isDenial);
  if (chain.some(isDenial) || denied.some((failure) => shows(failure, chain))) {
    return 'egress_denied';
  }
  if (chain.some(({ code }) => code === 'QUOTA_EXCEEDED')) return 'quota_exceeded';
  if (OUT_OF_MEMORY.test(error.message)) return 'out_of_memory';
  if (chain.some(isTransport) || transport.failures.some((failure) => shows(failure, chain)))
    return 'store_unreachable';
  // A script that catches the driver's error and throws a plain one of its own has lost the cause, but not the fact.
  if (transport.lastFailure && error.name === 'Error') return denied.length > 0 ? 'egress_denied' : 'store_unreachable';
  return 'threw';
}

/** The outcome of a run that reported its end, with the transport's evidence weighed in. */
export function classify(report: RunReport, transport: TransportLog): Outcome {
  switch (report.kind) {
    case 'returned':
      return transport.lastFailure && NEGATIVE.has(report.resultJson) ? ofFailure(transport.lastFailure) : 'completed';
    case 'threw':
      return report.error === undefined ? 'threw' : ofError(report.error, transport);
    default:
      return report.kind;
  }
}

/** What ivm says when a call into an isolate ended abnormally, as an outcome; `undefined` for anything else. */
export function outcomeOfAbort(error: unknown): Outcome | undefined {
  const message = error instanceof Error ? error.message : String(error);
  if (/timed out/.test(message)) return 'timed_out';
  if (/memory limit|Isolate was disposed during execution due/.test(message)) return 'out_of_memory';
  return undefined;
}
