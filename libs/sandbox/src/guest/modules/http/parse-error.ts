/** What is wrong with a server's bytes, in the words and with the codes of Node's own parser (llhttp). */
export type ParseError = Error & { readonly code: string; readonly reason: string; bytesParsed: number };

const parseErrors = new WeakSet<object>();
/** Whether it is one of these, rather than what a listener threw. */
export const isParseError = (error: unknown): error is ParseError => parseErrors.has(error as object);

/** `taken` is whether the byte that is wrong counts as parsed. */
export function parseError(code: string, reason: string, taken = false): ParseError {
  const fields = { bytesParsed: taken ? 1 : 0, code: `HPE_${code}`, reason };
  const error = Object.assign(new Error(`Parse Error: ${reason}`), fields);
  parseErrors.add(error);
  return error;
}

const bytesOf = (pattern: RegExp): readonly boolean[] =>
  Array.from({ length: 256 }, (_, byte) => pattern.test(String.fromCharCode(byte)));

/** Bytes of header names. */
export const IS_TOKEN = bytesOf(/[\^_`a-zA-Z\-0-9!#$%&'*+.|~]/);
/** Bytes of header values. */
export const IS_VALUE = bytesOf(/[\t\x20-\x7e\x80-\xff]/);
/** Bytes of a quoted text but the quote and the backslash. */
export const IS_QUOTED = bytesOf(/[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]/);

/** Latin-1 characters by their bytes. */
export const CHARACTERS: readonly string[] = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));

export const BYTE = {
  tab: 9,
  lf: 10,
  cr: 13,
  space: 32,
  quote: 34,
  comma: 44,
  colon: 58,
  semicolon: 59,
  equals: 61,
  backslash: 92,
} as const;

export const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
