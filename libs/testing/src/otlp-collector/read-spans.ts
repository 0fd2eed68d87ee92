import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** A span as a collector gets it. Ids in hex; times in nanoseconds since 1970. */
export type SentSpan = {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** '' for the root of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'other';
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
};

type Fields = ReadonlyMap<number, readonly unknown[]>;

/** A message of any type, field by field: bytes, and numbers as bigint. */
const readFields = (bytes: Uint8Array): Fields => {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, unknown[]>();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value = readValue(reader, type);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
};

const readValue = (reader: BinaryReader, type: WireType): unknown => {
  switch (type) {
    case WireType.Varint:
      return BigInt(reader.int64());
    case WireType.Bit64:
      return BigInt(reader.fixed64());
    case WireType.LengthDelimited:
      return reader.bytes();
    case WireType.Bit32:
      return BigInt(reader.fixed32());
    default:
      throw new Error(`a wire type that OTLP does not use: ${type}`);
  }
};

const messages = (fields: Fields, field: number): readonly Fields[] =>
  (fields.get(field) ?? []).map((bytes) => readFields(bytes as Uint8Array));
const text = (fields: Fields, field: number): string => {
  const [bytes] = fields.get(field) ?? [];
  return bytes === undefined ? '' : Buffer.from(bytes as Uint8Array).toString('utf8');
};
const hex = (fields: Fields, field: number): string =>
  Buffer.from((fields.get(field)?.[0] ?? []) as Uint8Array).toString('hex');
const whole = (fields: Fields, field: number): bigint => (fields.get(field)?.[0] ?? 0n) as bigint;

/** `AnyValue`: text, a truth value, a whole number; a double is not looked into, since none of ours is one. */
const anyValue = (value: Fields | undefined): unknown => {
  if (value?.has(1)) return text(value, 1);
  if (value?.has(2)) return whole(value, 2) === 1n;
  if (value?.has(3)) return Number(whole(value, 3));
  return value?.has(4) ? 'double' : undefined;
};

const attributes = (fields: Fields, field: number): Record<string, unknown> =>
  Object.fromEntries(messages(fields, field).map((pair) => [text(pair, 1), anyValue(messages(pair, 2)[0])]));

const KINDS = ['other', 'internal', 'server', 'client'] as const;

const toSpan = (service: string, span: Fields): SentSpan => ({
  service,
  traceId: hex(span, 1),
  spanId: hex(span, 2),
  parentSpanId: hex(span, 4),
  name: text(span, 5),
  kind: KINDS[Number(whole(span, 6))] ?? 'other',
  startNanos: whole(span, 7),
  endNanos: whole(span, 8),
  attributes: attributes(span, 9),
  failed: messages(span, 15).some((state) => whole(state, 3) === 2n),
});

/** The spans of an `ExportTraceServiceRequest` (opentelemetry-proto, `trace/v1`). */
export const readSpans = (body: Uint8Array): readonly SentSpan[] =>
  messages(readFields(body), 1).flatMap((ofResource) => {
    const [resource] = messages(ofResource, 1);
    const service = resource === undefined ? '' : String(attributes(resource, 1)['service.name'] ?? '');
    return messages(ofResource, 2).flatMap((ofScope) => messages(ofScope, 2).map((span) => toSpan(service, span)));
  });
