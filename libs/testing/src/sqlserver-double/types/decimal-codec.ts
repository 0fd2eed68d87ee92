/** Bytes that a decimal of that precision takes on the wire, its sign included. */
export const decimalBytes = (precision: number): number => {
  if (precision <= 9) return 5;
  if (precision <= 19) return 9;
  return precision <= 28 ? 13 : 17;
};

/** A number times 10^scale, rounded half away from zero. Throws SyntaxError when the text is no number. */
export const toScaled = (value: unknown, scale: number): bigint => {
  const text = typeof value === 'number' ? plainDigits(value) : String(value).trim();
  const [, sign, whole = '', fraction = ''] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole + fraction === '') throw new SyntaxError('not a number');
  const digits = fraction.padEnd(scale, '0');
  const rounded = BigInt(whole + digits.slice(0, scale)) + (Number(digits[scale] ?? 0) >= 5 ? 1n : 0n);
  return sign === '-' ? -rounded : rounded;
};

/** The text of a scaled number, with exactly `scale` digits after the point. */
export const fromScaled = (scaled: bigint, scale: number): string => {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
};

/** A decimal's bytes: one for the sign, the rest its magnitude, lowest first. */
export const encodeDecimal = (value: unknown, precision: number, scale: number): Buffer => {
  const scaled = toScaled(value, scale);
  let magnitude = scaled < 0n ? -scaled : scaled;
  if (magnitude >= 10n ** BigInt(precision)) throw new RangeError('too large for its precision');
  const bytes = Buffer.alloc(decimalBytes(precision));
  bytes.writeUInt8(scaled < 0n ? 0 : 1, 0);
  for (let at = 1; at < bytes.length; at += 1) {
    bytes.writeUInt8(Number(magnitude & 0xffn), at);
    magnitude >>= 8n;
  }
  return bytes;
};

/** The text of a decimal, so that no digit is lost. */
export const decodeDecimal = (bytes: Buffer, scale: number): string => {
  let magnitude = 0n;
  for (let at = bytes.length - 1; at > 0; at -= 1) magnitude = (magnitude << 8n) | BigInt(bytes.readUInt8(at));
  return fromScaled(bytes.readUInt8(0) === 0 ? -magnitude : magnitude, scale);
};

const plainDigits = (value: number): string => {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20) : text;
};
