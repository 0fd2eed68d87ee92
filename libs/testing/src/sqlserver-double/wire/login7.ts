import { createByteReader } from './byte-reader.ts';

/** What a client says in LOGIN7 (MS-TDS 2.2.6.4). */
export type Login7 = {
  tdsVersion: number;
  packetBytes: number;
  hostName: string;
  userName: string;
  password: string;
  appName: string;
  serverName: string;
  libraryName: string;
  language: string;
  database: string;
  /** Ids of the feature extensions that the client asks for. */
  features: number[];
};

const EXTENSION_USED = 0x10;
const FEATURES_END = 0xff;

/** Undoes LOGIN7's obfuscation: every byte was turned by four bits, then xored with 0xA5. */
const revealPassword = (bytes: Buffer): string =>
  Buffer.from(
    bytes.map((byte) => {
      const turned = byte ^ 0xa5;
      return ((turned & 0x0f) << 4) | (turned >> 4);
    }),
  ).toString('utf16le');

const readFeatures = (payload: Buffer, pointerAt: number): number[] => {
  const reader = createByteReader(payload, payload.readUInt32LE(pointerAt));
  const features: number[] = [];
  for (let feature = reader.u8(); feature !== FEATURES_END; feature = reader.u8()) {
    features.push(feature);
    reader.skip(reader.u32());
  }
  return features;
};

/** Reads LOGIN7. Throws RangeError where the payload is too short for what it announces. */
export const readLogin7 = (payload: Buffer): Login7 => {
  const fixed = createByteReader(payload, 4);
  const tdsVersion = fixed.u32();
  const packetBytes = fixed.u32();
  fixed.skip(12);
  // tedious sets the flag for older versions of TDS too, and sends nothing.
  const hasExtension = (payload.readUInt8(27) & EXTENSION_USED) !== 0 && payload.readUInt16LE(58) > 0;
  const field = (index: number): Buffer => {
    const pointer = createByteReader(payload, 36 + index * 4);
    const offset = pointer.u16();
    const count = pointer.u16();
    return count === 0 ? Buffer.alloc(0) : createByteReader(payload, offset).take(count * 2);
  };
  const text = (index: number): string => field(index).toString('utf16le');
  return {
    tdsVersion,
    packetBytes,
    hostName: text(0),
    userName: text(1),
    password: revealPassword(field(2)),
    appName: text(3),
    serverName: text(4),
    features: hasExtension ? readFeatures(payload, payload.readUInt16LE(56)) : [],
    libraryName: text(6),
    language: text(7),
    database: text(8),
  };
};
