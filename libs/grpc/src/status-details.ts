import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';

/**
 * `google.rpc.Status` with one `ErrorInfo`, as it travels in `grpc-status-details-bin`.
 * Source: google/rpc/status.proto, google/rpc/error_details.proto (AIP-193).
 */
export type StatusDetails = {
  readonly code: number;
  readonly message: string;
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
};

/** The `domain` of every ErrorInfo that Userferry sends. */
const ERROR_DOMAIN = 'userferry';

const ERROR_INFO_URL = 'type.googleapis.com/google.rpc.ErrorInfo';

export const encodeStatusDetails = ({ code, message, reason, metadata }: StatusDetails): Uint8Array => {
  const info = new BinaryWriter().uint32(0x0a).string(reason).uint32(0x12).string(ERROR_DOMAIN);
  for (const [key, value] of Object.entries(metadata))
    info.uint32(0x1a).fork().uint32(0x0a).string(key).uint32(0x12).string(value).join();
  const any = new BinaryWriter().uint32(0x0a).string(ERROR_INFO_URL).uint32(0x12).bytes(info.finish()).finish();
  return new BinaryWriter().uint32(0x08).int32(code).uint32(0x12).string(message).uint32(0x1a).bytes(any).finish();
};

/** The ErrorInfo in a Status, or `undefined` when there is none of ours or the bytes are no Status. */
export const decodeErrorInfo = (bytes: Uint8Array): Pick<StatusDetails, 'reason' | 'metadata'> | undefined => {
  try {
    const details = readFields(bytes).get(3) ?? [];
    for (const any of details) {
      const fields = readFields(any);
      if (text(fields.get(1)?.[0]) === ERROR_INFO_URL) return readErrorInfo(fields.get(2)?.[0] ?? new Uint8Array());
    }
  } catch {
    // Not a Status: the caller falls back to the bare code.
  }
  return undefined;
};

const readErrorInfo = (bytes: Uint8Array): Pick<StatusDetails, 'reason' | 'metadata'> | undefined => {
  const fields = readFields(bytes);
  if (text(fields.get(2)?.[0]) !== ERROR_DOMAIN) return undefined;
  const entries = (fields.get(3) ?? []).map(readFields);
  const metadata = Object.fromEntries(entries.map((entry) => [text(entry.get(1)?.[0]), text(entry.get(2)?.[0])]));
  return { reason: text(fields.get(1)?.[0]), metadata };
};

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array());

/** The length-delimited fields of a message by number; the others are skipped. */
const readFields = (bytes: Uint8Array): Map<number, Uint8Array[]> => {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, Uint8Array[]>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) !== 2) reader.skip(tag & 7);
    else fields.set(tag >>> 3, [...(fields.get(tag >>> 3) ?? []), reader.bytes()]);
  }
  return fields;
};
