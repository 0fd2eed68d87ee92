/** What comes over the bridge is hostile: these turn it into what it should be, or throw. */
function refuse(what: string): never {
  throw Object.assign(new TypeError(`${what} has the wrong type`), { code: 'ERR_INVALID_ARG_TYPE' });
}

export const asText = (value: unknown, what: string, max = 64 * 1024): string =>
  typeof value === 'string' && value.length <= max ? value : refuse(what);

export const asInteger = (value: unknown, what: string): number =>
  typeof value === 'number' && Number.isInteger(value) ? value : refuse(what);

export const asPort = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65535 ? value : refuse('port');

export const asBytes = (value: unknown, what: string): Buffer =>
  ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : refuse(what);

/** Own copy for the guest, whose buffer holds nothing else. */
export function forGuest(bytes: Buffer): Uint8Array {
  const whole = bytes.byteLength === bytes.buffer.byteLength;
  return whole ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes);
}
