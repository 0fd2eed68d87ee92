import { createByteReader } from './byte-reader.ts';

/** Values of PRELOGIN's encryption option, MS-TDS 2.2.6.5. */
export const ENCRYPTION = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

const OPTION = { version: 0, encryption: 1, instance: 2, thread: 3, mars: 4, end: 0xff } as const;

/** What the client says about encryption; a client that says nothing supports none. Throws RangeError on nonsense. */
export const readPreloginEncryption = (payload: Buffer): number => {
  const options = createByteReader(payload);
  for (;;) {
    const option = options.u8();
    if (option === OPTION.end) return ENCRYPTION.notSupported;
    const offset = options.u16be();
    const length = options.u16be();
    if (option === OPTION.encryption && length > 0) return createByteReader(payload, offset).u8();
  }
};

/** The server's PRELOGIN payload. */
export const writePrelogin = (version: readonly [number, number, number], encryption: number): Buffer => {
  const [major, minor, build] = version;
  const values: [number, number[]][] = [
    [OPTION.version, [major, minor, build >> 8, build & 0xff, 0, 0]],
    [OPTION.encryption, [encryption]],
    [OPTION.instance, [0]],
    [OPTION.thread, []],
    [OPTION.mars, [0]],
  ];
  let offset = values.length * 5 + 1;
  const header: number[] = [];
  for (const [option, value] of values) {
    header.push(option, offset >> 8, offset & 0xff, 0, value.length);
    offset += value.length;
  }
  return Buffer.from([...header, OPTION.end, ...values.flatMap(([, value]) => value)]);
};

/** How much of a session is encrypted: what client and server come to, given the client's option. */
export type AgreedEncryption = { answer: number; encrypts: 'nothing' | 'login' | 'all'; acceptable: boolean };

/** The server's side of the table in MS-TDS 2.2.6.5. `policy` is what the server wants of clients. */
export const agreeOnEncryption = (policy: 'none' | 'optional' | 'required', client: number): AgreedEncryption => {
  if (policy === 'none') {
    return { answer: ENCRYPTION.notSupported, encrypts: 'nothing', acceptable: client !== ENCRYPTION.required };
  }
  if (client === ENCRYPTION.notSupported) {
    if (policy === 'optional') return { answer: ENCRYPTION.notSupported, encrypts: 'nothing', acceptable: true };
    return { answer: ENCRYPTION.required, encrypts: 'all', acceptable: false };
  }
  if (policy === 'required') return { answer: ENCRYPTION.required, encrypts: 'all', acceptable: true };
  return client === ENCRYPTION.off
    ? { answer: ENCRYPTION.off, encrypts: 'login', acceptable: true }
    : { answer: ENCRYPTION.on, encrypts: 'all', acceptable: true };
};
