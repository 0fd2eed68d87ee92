import { crc32 } from 'node:zlib';

/**
 * The part of STUN (RFC 8489) that asks "where do I come from?": a Binding request without attributes, and the
 * XOR-MAPPED-ADDRESS of its answer. Held against the test vectors of RFC 5769.
 */
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
const COOKIE = 0x2112a442;
const HEADER_BYTES = 20;

const XOR_MAPPED_ADDRESS = 0x0020;
const MESSAGE_INTEGRITY = [0x0008, 0x001c];
const FINGERPRINT = 0x8028;
const FINGERPRINT_XOR = 0x5354554e;
/** What a client has to understand has a type below this (section 14). */
const OPTIONAL_FROM = 0x8000;
const UNDERSTOOD = new Set([0x0001, 0x0006, 0x0009, 0x0014, 0x0015, XOR_MAPPED_ADDRESS, ...MESSAGE_INTEGRITY]);

export const TRANSACTION_ID_BYTES = 12;

/** A Binding request (sections 5 and 6.1). */
export const bindingRequest = (transactionId: Uint8Array): Buffer => {
  const message = Buffer.alloc(HEADER_BYTES);
  message.writeUInt16BE(BINDING_REQUEST, 0);
  message.writeUInt32BE(COOKIE, 4);
  message.set(transactionId, 8);
  return message;
};

/** The answer to a request: the address as IPv4 or IPv6 text, a refusal, or something else, which is to be ignored. */
export type BindingAnswer = { readonly address: string } | 'refused' | 'ignored';

/** Reads what came (section 6.3). Whatever is no answer to this very request is ignored, as the RFC says. */
export const readBindingAnswer = (message: Buffer, transactionId: Uint8Array): BindingAnswer => {
  if (message.length < HEADER_BYTES || message.length % 4 !== 0) return 'ignored';
  if (message.readUInt32BE(4) !== COOKIE || message.readUInt16BE(2) !== message.length - HEADER_BYTES) return 'ignored';
  if (!message.subarray(8, HEADER_BYTES).equals(transactionId)) return 'ignored';
  const type = message.readUInt16BE(0);
  if (type === BINDING_ERROR) return 'refused';
  if (type !== BINDING_SUCCESS) return 'ignored';
  const value = findMappedAddress(message);
  const address = value && unmask(value, message.subarray(4, HEADER_BYTES));
  return address === undefined ? 'ignored' : { address };
};

/** The value of the first XOR-MAPPED-ADDRESS, of a message that is whole. */
const findMappedAddress = (message: Buffer): Buffer | undefined => {
  let found: Buffer | undefined;
  let signed = false;
  for (let at = HEADER_BYTES; at < message.length; ) {
    const type = message.readUInt16BE(at);
    const bytes = message.readUInt16BE(at + 2);
    const end = at + 4 + bytes;
    if (end > message.length) return undefined;
    if (type === FINGERPRINT) return hasFingerprint(message, at, end) ? found : undefined;
    if (type < OPTIONAL_FROM && !UNDERSTOOD.has(type)) return undefined;
    // What follows the signature is not covered by it, and not believed (section 14.5).
    if (type === XOR_MAPPED_ADDRESS && !signed) found ??= message.subarray(at + 4, end);
    signed ||= MESSAGE_INTEGRITY.includes(type);
    at = end + (-bytes & 3);
  }
  return found;
};

/** Section 14.7: the last attribute, over everything before it. */
const hasFingerprint = (message: Buffer, at: number, end: number): boolean =>
  end === message.length &&
  end - at === 8 &&
  message.readUInt32BE(at + 4) === (crc32(message.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0;

/** Section 14.2: the address XOR the cookie and, for IPv6, the transaction id after it. */
const unmask = (value: Buffer, mask: Buffer): string | undefined => {
  const masked = value.subarray(4);
  const bytes = Uint8Array.from(masked, (byte, n) => byte ^ (mask[n] ?? 0));
  if (value[1] === 1 && bytes.length === 4) return bytes.join('.');
  if (value[1] !== 2 || bytes.length !== 16) return undefined;
  return (Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? []).join(':');
};
