/** By which words drivers say that it is the store that failed, and not the user who was refused. */
import type { ReportedError } from '../../bridge/operations.ts';

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
  'UND_ERR_HEADERS_OVERFLOW',
  // mssql: everything about the socket.
  'ESOCKET',
  'ECONNCLOSED',
]);
/** Errors of drivers that give no code when a server is down, does not answer or went away. */
const TRANSPORT_NAMES = new Set([
  'HTTPParserError',
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
  /Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|The server does not support SSL connections|There was an error establishing an SSL connection|Client network socket disconnected|socket hang up|stream has been aborted|No event 'socketError' in state|connection (?:\d+|<monitor>) to \S+ (?:closed|timed out)|Server selection timed out after|interrupted due to server monitor timeout|server is in quiesce mode|interrupted at shutdown|operation exceeded time limit/i;
/** What they say when it spoke what no such store speaks: plain errors, which would read as a script's own refusal. */
const PROTOCOL_MESSAGES = new RegExp(
  [
    'Unknown authenticationOk message type',
    'SASL: (?:SCRAM-|Only mechanism|Mechanism|Invalid attribute|Last message|channel binding)',
    'Received unexpected \\w+ message from backend',
    'As a result of LOCAL INFILE command',
    'Unexpected packet during handshake phase',
    'Unexpected token `\\w+` in `\\w+TokenHandler`',
    "Received '\\w+' when no sqlRequest is in progress",
    'Unknown protocol byte in routing change event',
    'Unsupported (?:dataLength \\d+ for \\w+|guid size|numeric dataLength)',
    'Unrecognised (?:data )?type',
    '(?:^|: )(?:Unknown type: \\d+|unexpected end of (?:data|message stream)|invalid packet)$',
  ].join('|'),
);

export type Link = ReportedError['chain'][number];

/** Does the error say by itself that the store did not answer, went away or made no sense? */
export const isTransport = ({ name, code, message }: Link): boolean =>
  TRANSPORT_NAMES.has(name) ||
  (code !== undefined && (TRANSPORT_CODES.has(code) || TRANSPORT_CODE_SHAPES.test(code))) ||
  (code !== undefined && MONGO_CODES.has(code) && MONGO_SERVER_NAMES.test(name)) ||
  TRANSPORT_MESSAGES.test(message) ||
  PROTOCOL_MESSAGES.test(message);
