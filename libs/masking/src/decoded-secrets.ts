/** Keys and settings are kept in variables as base64 or hex, where a variable has to be one line: used, and printed, decoded. */

const HEX = /^(?:[0-9a-f]{2}){8,}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]{12,}={0,2}$/;
/** Of a longer value what is decoded would be too much to look for beside it. */
const LENGTH_MAX = 16 * 1024;

const NO_TEXT = /[^\P{Cc}\s]|\ufffd/u;

/** The text that the bytes are; where they are none, each byte a character. */
const read = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  return NO_TEXT.test(text) ? bytes.toString('latin1') : text;
};

/** What a value says that is wholly base64, of one line or several, or hex; it may be either. */
export const decodedSecrets = (value: string): string[] => {
  if (value.length > LENGTH_MAX) return [];
  const digits = value.replaceAll(/\s+/g, '');
  const hex = HEX.test(digits) ? [Buffer.from(digits, 'hex')] : [];
  const base64 = BASE64.test(digits) ? [Buffer.from(digits, 'base64')] : [];
  return [...hex, ...base64].map(read);
};
