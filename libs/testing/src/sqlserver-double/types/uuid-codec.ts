const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** The 16 bytes of a `uniqueidentifier`, whose first three groups are little endian. */
export const encodeUuid = (value: unknown): Buffer => {
  const digits = String(value).replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(digits)) throw new SyntaxError('not a uniqueidentifier');
  const plain = Buffer.from(digits, 'hex');
  return Buffer.from(ORDER.map((at) => plain.readUInt8(at)));
};

/** The text of a `uniqueidentifier`, in capitals as SQL Server prints it. */
export const decodeUuid = (bytes: Buffer): string => {
  const hex = Buffer.from(ORDER.map((at) => bytes.readUInt8(at)))
    .toString('hex')
    .toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};
