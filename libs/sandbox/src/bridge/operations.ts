/**
 * The boundary between guest and host inside one isolate host. The guest posts operations in batches through one
 * ignored callback (every so often, or when a batch is large, through its synchronous twin: back-pressure) and asks
 * synchronous questions through a second; the host answers with events in batches through one function of the guest.
 * Ids are numbers that the guest chooses. The host treats every operation as hostile input.
 */

/** Address facts of a connected socket. */
export type SocketAddresses = {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly remoteFamily: string;
  readonly localAddress: string;
  readonly localPort: number;
};

/** What the host tells of a connection that is there; `hasSpoken`: once it had said the driver's first words, and there was more to tell. */
export type ConnectionFacts = SocketAddresses & { readonly welcome?: Welcome; readonly hasSpoken?: boolean };

/** What the host tells of a session that an earlier run has opened: what its server last said of itself, and when. */
export type Welcome = { readonly bytes: Uint8Array; readonly ageMs: number; readonly rttMs: number };

/** What the host tells of a finished TLS handshake. */
export type SecureInfo = {
  readonly authorized: boolean;
  readonly authorizationError: string | null;
  readonly alpnProtocol: string | false | null;
  readonly protocol: string | null;
  readonly cipher: unknown;
  readonly ephemeralKey: object | null;
  /** The peer's own certificate first, then those that issued it, as far as they are known. */
  readonly peerCertificates: readonly WireCertificate[];
  /** How many of them the peer has sent itself; the others come from those that are trusted. */
  readonly certificatesSent: number;
  readonly ownCertificate: WireCertificate | null;
  readonly session: Uint8Array | null;
  readonly sessionReused: boolean;
  readonly ticket: Uint8Array | null;
  readonly finished: Uint8Array | null;
  readonly peerFinished: Uint8Array | null;
};

/** A session that a connection may be taken up again with, and the ticket in it. */
export type SessionFacts = { readonly session: Uint8Array; readonly ticket: Uint8Array | null };

/** Why the host refuses a peer, told right before the error. */
export type Unauthorized = { readonly reason: string; readonly peerCertificates: readonly WireCertificate[] };

/** The fields of Node's certificate objects; `isOwnIssuer` where the chain ends in a certificate that issued itself. */
export type WireCertificate = { readonly isOwnIssuer?: boolean; readonly [field: string]: unknown };

/** An error as it crosses: the own fields that Node's errors have and that are text, numbers or lists of text. */
export type WireError = {
  readonly message: string;
  readonly [field: string]: string | number | boolean | readonly string[] | undefined;
};

/** TLS options that cross; texts and bytes only, functions stay in the guest. */
export type TlsOptions = {
  readonly servername?: string;
  readonly host?: string;
  readonly rejectUnauthorized?: boolean;
  readonly customIdentity?: boolean;
  readonly [option: string]: unknown;
};

export type DnsOptions = { readonly family?: number; readonly port?: number; readonly ttl?: boolean };

export type BcryptCall = 'compare' | 'hash' | 'genSalt';

/** How a run ended, as the guest saw it. */
export type RunReport = {
  readonly kind: 'returned' | 'threw' | 'syntax_error' | 'invalid_result' | 'quota_exceeded';
  /** JSON text; present for `returned`. */
  readonly resultJson?: string;
  readonly error?: ReportedError;
  /** The error came from where no code of the script could catch it; the script itself may still be waiting. */
  readonly uncaught?: boolean;
};

export type ReportedError = {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly line?: number;
  readonly column?: number;
  /** The error itself, its causes and aggregated errors, flattened: what classification looks through. */
  readonly chain: readonly { readonly name: string; readonly message: string; readonly code?: string }[];
};

export type Operation =
  // With a key where the connection may be kept for later runs: the driver's name, a space, and all that its session
  // depends on. With the driver's first words, none where the server speaks first, where nobody needs to hear that it is
  // there before there is more to tell.
  | readonly [
      'open',
      id: number,
      host: string,
      port: number,
      family: number,
      key?: string | undefined,
      words?: Uint8Array | undefined,
    ]
  // The same, of the session that was offered: all that the host would say is told already.
  | readonly ['take', id: number, host: string, port: number, family: number, key: string]
  | readonly ['write', id: number, bytes: Uint8Array, wantAck: boolean]
  // A driver's last word: the guest takes the connection for closed, whatever becomes of it.
  | readonly ['farewell', id: number, bytes: Uint8Array]
  | readonly ['end' | 'destroy' | 'pause' | 'resume', id: number]
  | readonly [
      'option',
      id: number,
      name: 'noDelay' | 'keepAlive' | 'maxSendFragment' | 'keylog',
      value: boolean,
      amount: number,
    ]
  // A parent of 0 is a stream of the isolate: the host's bytes for it come as `cipher`, `taken` says that one is written;
  // what the stream brings is fed by the question `feed`. Events of such a connection are numbered (`b`).
  | readonly ['tls', id: number, parentId: number, options: TlsOptions]
  | readonly ['taken', id: number]
  // Both ends of such a stream are known: what is encrypted goes over the carrier, of which so many bytes were read.
  | readonly ['join', id: number, carrierId: number, bytesRead: number]
  | readonly ['resolve', id: number, type: string, name: string, options: DnsOptions]
  | readonly ['alarm', delayMs: number]
  | readonly ['immediate']
  // A function of crypto in the thread pool, of which nothing is thrown at once.
  | readonly ['crypto', id: number, name: string, args: readonly unknown[]]
  | readonly ['bcrypt', id: number, what: BcryptCall, args: readonly unknown[]]
  // A step of an engine of zlib in the thread pool: input (or none, to go on with what is left), flush value, how far the
  // guest's buffer is filled, its size, and how many bytes are enough for one answer.
  | readonly ['zlib', callId: number, id: number, bytes: Uint8Array | undefined, ...step: readonly number[]]
  | readonly ['zlibClose', id: number]
  // A way to the outside that no script has was refused in the isolate.
  | readonly ['refused', message: string]
  | readonly ['log', level: string, text: string, atMs: number]
  | readonly ['done', report: RunReport];

/** Of what is told of the session that came with the run: that it is there no more (`gone`). */
export const OFFER_ID = -1;

/** Events towards the guest; `id` 0 is the guest's own clock (`alarm`, `immediate`). */
export type GuestEvent = readonly [id: number, type: string, a?: unknown, b?: unknown];

/** A session that waits for a run to come: its mark, and what the host would tell of it and give to read. */
export type OfferedSession = {
  readonly mark: number;
  readonly facts: ConnectionFacts;
  readonly data: readonly Uint8Array[];
};

/** What one run hands to the guest. */
export type RunInput = {
  readonly source: string;
  readonly functionName: string;
  readonly argsJson: string;
  readonly envJson: string;
  /** Whether connections outlive their run, and whether there are some of earlier runs. */
  readonly kept: 'none' | 'later' | 'some';
  /** One of them, for the first connection that may be kept. */
  readonly offer?: OfferedSession | undefined;
  /** Random bytes for the run, so that most runs need no crossing for them. */
  readonly random: Uint8Array;
};
