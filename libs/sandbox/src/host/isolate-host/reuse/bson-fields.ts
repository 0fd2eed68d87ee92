/** The fields at the top of a BSON document, as far as their bytes are there: kept connections look at no more. */

/** One field; `bytes` is the whole element, as it stands in the document. */
export type BsonField = { readonly type: number; readonly value: Buffer; readonly bytes: Buffer };

const STRING = 2;
const INT32 = 16;
/** Sizes of values by their type; undefined for one that begins with its own. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [1, 8],
  [6, 0],
  [7, 12],
  [8, 1],
  [9, 8],
  [10, 0],
  [16, 4],
  [17, 8],
  [18, 8],
  [19, 16],
  [0xff, 0],
  [0x7f, 0],
]);
/** What the size at the beginning of a value leaves out of itself. */
const BESIDES: ReadonlyMap<number, number> = new Map([
  [2, 4],
  [3, 0],
  [4, 0],
  [5, 5],
  [13, 4],
  [14, 4],
  [15, 0],
]);

function sizeOf(type: number, rest: Buffer): number | undefined {
  const fixed = FIXED.get(type);
  const besides = BESIDES.get(type);
  if (fixed !== undefined) return fixed;
  return besides === undefined || rest.length < 4 ? undefined : rest.readUInt32LE(0) + besides;
}

/** Fields by name, up to the first that is cut off or of a kind that is not known. */
export function bsonFields(document: Buffer): ReadonlyMap<string, BsonField> {
  const fields = new Map<string, BsonField>();
  let at = 4;
  while (at < document.length && document[at] !== 0) {
    const type = document[at] as number;
    const nameEnd = document.indexOf(0, at + 1);
    if (nameEnd < 0) break;
    const size = sizeOf(type, document.subarray(nameEnd + 1));
    const end = nameEnd + 1 + (size ?? Number.POSITIVE_INFINITY);
    if (end > document.length) break;
    const value = document.subarray(nameEnd + 1, end);
    fields.set(document.toString('latin1', at + 1, nameEnd), { type, value, bytes: document.subarray(at, end) });
    at = end;
  }
  return fields;
}

/** A number or a truth value; undefined for anything else. */
export function bsonNumber(field: BsonField | undefined): number | undefined {
  if (field?.type === 1) return field.value.readDoubleLE(0);
  if (field?.type === INT32) return field.value.readInt32LE(0);
  if (field?.type === 8) return field.value[0];
  return field?.type === 18 ? Number(field.value.readBigInt64LE(0)) : undefined;
}

const cstring = (text: string): Buffer => Buffer.from(`${text}\0`);

/** A document of elements that stand already as bytes. */
export function bsonDocument(elements: readonly Buffer[]): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(elements.reduce((sum, { length }) => sum + length, 5));
  return Buffer.concat([size, ...elements, Buffer.from([0])]);
}

export function bsonInt(name: string, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return Buffer.concat([Buffer.from([INT32]), cstring(name), bytes]);
}

export const bsonTrue = (name: string): Buffer => Buffer.concat([Buffer.from([8]), cstring(name), Buffer.from([1])]);

export function bsonText(name: string, value: string): Buffer {
  const text = cstring(value);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  return Buffer.concat([Buffer.from([STRING]), cstring(name), size, text]);
}
