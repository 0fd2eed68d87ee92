import { type Document, Double } from 'bson';
import { type CommandFailure, codeNameOf } from '../failure.ts';

/** Errors after which a write may be repeated; the server says so itself where the write has a number. */
const RETRYABLE = new Set([6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

/** What a server answers a command that failed with. */
export const errorReply = ({ message, code, details }: CommandFailure, command: Document = {}): Document => ({
  ok: new Double(0),
  errmsg: message,
  code,
  codeName: codeNameOf(code),
  ...(RETRYABLE.has(code) && command.txnNumber !== undefined ? { errorLabels: ['RetryableWriteError'] } : {}),
  ...details,
});
