/** What a connection that may be kept is watched by, whatever its protocol is. */
import type { Socket } from 'node:net';
import type { SecureInfo, TlsOptions, Welcome } from '../../../bridge/operations.ts';

/** What is to become of bytes that the guest wrote: they go out, they were expected and go nowhere, or they say farewell. */
export type Written = 'send' | 'swallow' | 'farewell' | 'broken';

/**
 * Follows one connection through its uses. In the first it notes how the session was opened; in later ones it plays that
 * back to the driver, which then is where it would be after a handshake of its own.
 */
export type Follower = {
  /** What the driver says at the end, and a server that is left without a word writes into its log. */
  readonly farewell: Buffer;
  onWrite(bytes: Buffer): Written;
  onData(bytes: Buffer): void;
  /** TLS starts, with these options; false when they are not those of the recorded handshake. */
  onTls(options: TlsOptions): boolean;
  onSecure(info: SecureInfo): void;
  /** Begins another use; gives what the server said first, for the driver to read. */
  replay(): Buffer;
  /** In a replay, what the server said to what the driver is about to write, where that is all that is expected of it. */
  takeNext?(): Buffer | undefined;
  /** In a replay, what the server said to what was just written. */
  takeAnswer?(): Buffer | undefined;
  /** In a replay, once TLS was asked for: what the handshake had told, and what the server said next. */
  replaySecure(): { readonly info: SecureInfo; readonly bytes: Buffer } | undefined;
  /** What a driver that is patched for it is told of a session that is kept, in the place of a login. */
  welcome?(): Welcome | undefined;
  /** Whether what was heard makes other connections to the same server doubtful, too. */
  isSpoilt?(): boolean;
  /** Whether a run that lets go of the connection without a farewell leaves it in order; never where it is not given. */
  isInOrder?(): boolean;
  /** How long the server keeps the connection unused from now on, where that is known. */
  idleMs?(): number;
  /** Makes the session on the socket what it was when it was opened. False when that is not certain. */
  reset(socket: Socket): Promise<boolean>;
};
