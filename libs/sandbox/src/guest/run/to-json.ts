/**
 * A script's result as JSON text, with what JSON lacks turned into what it has, as the contract says. Written out by
 * hand so that a patched `toJSON` or iterator cannot change anything but the script's own result.
 */
import {
  ArrayPrototype,
  bareList,
  bigintToString,
  dateToIso,
  dateToTime,
  isArray,
  isArrayBufferView,
  isFiniteNumber,
  isInstance,
  isNotANumber,
  jsonStringify,
  NativeArrayBuffer,
  NativeBigInt,
  NativeBoolean,
  NativeDate,
  NativeNumber,
  NativeString,
  NativeUint8Array,
  ObjectPrototype,
  objectKeys,
} from '../primordials.ts';
import { bytesToBase64 } from './base64.ts';

const DEPTH_MAX = 100;
export const RESULT_CHARACTERS_MAX = 1024 * 1024;

/** The result cannot be carried over; the message names the place. */
export class InvalidResult extends Error {}
/** The result is larger than a run may return. */
export class ResultTooLarge extends Error {}

type Walk = { readonly ancestors: unknown[]; size: number };

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const step = (path: string, key: string): string =>
  IDENTIFIER.test(key) ? `${path}.${key}` : `${path}[${jsonStringify(key)}]`;

function count(walk: Walk, json: string): string {
  walk.size += json.length;
  if (walk.size > RESULT_CHARACTERS_MAX) {
    throw new ResultTooLarge(`The result is larger than ${RESULT_CHARACTERS_MAX / 1024} KiB of JSON`);
  }
  return json;
}

/**
 * Drivers give an invalid Date for the zero dates of MySQL and an infinite number for the `infinity` of PostgreSQL: null, as
 * JSON makes of them, or whether a user gets in would depend on a date in their row. A whole answer is never one.
 */
const isMember = (walk: Walk): boolean => walk.ancestors.length > 0;

function numberToJson(value: number, path: string, walk: Walk): string {
  if (!isFiniteNumber(value) && !isNotANumber(value) && isMember(walk)) return 'null';
  if (!isFiniteNumber(value)) throw new InvalidResult(`${path} is ${value}, which JSON does not have`);
  return jsonStringify(value);
}

function dateToJson(date: Date, path: string, walk: Walk): string {
  if (!isNotANumber(dateToTime(date))) return jsonStringify(dateToIso(date));
  if (isMember(walk)) return 'null';
  throw new InvalidResult(`${path} is an invalid Date`);
}

/** A UUID is a binary value to BSON, and reads as its text. */
const UUID_SUBTYPE = 4;
type Bson = { readonly _bsontype: string; readonly [member: string]: unknown };
const call = (value: Bson, method: string): unknown => (value[method] as () => unknown)();

/** BSON values by their kind: identifiers, decimals and 64-bit numbers become their text, binary becomes base64. */
function bsonToPlain(value: Bson): unknown {
  switch (value._bsontype) {
    case 'ObjectId':
    case 'ObjectID':
    case 'UUID':
      return call(value, 'toHexString');
    case 'Decimal128':
    case 'Long':
      return NativeString(call(value, 'toString'));
    case 'Int32':
    case 'Double':
      return call(value, 'valueOf');
    case 'Binary':
      return value.sub_type === UUID_SUBTYPE && typeof value.toHexString === 'function'
        ? call(value, 'toHexString')
        : value.buffer;
    default:
      return NativeString(call(value, 'toString'));
  }
}

function arrayToJson(list: readonly unknown[], path: string, walk: Walk): string {
  let json = '[';
  for (let i = 0; i < list.length; i++) {
    if (i > 0) json += ',';
    json += count(walk, valueToJson(list[i], `${path}[${i}]`, walk) ?? 'null');
  }
  return `${json}]`;
}

function objectToJson(value: Record<string, unknown>, path: string, walk: Walk): string {
  let json = '{';
  const keys = objectKeys(value);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const member = valueToJson(value[key], step(path, key), walk);
    if (member === undefined) continue;
    json += count(walk, `${json.length > 1 ? ',' : ''}${jsonStringify(key)}:`) + member;
  }
  return `${json}}`;
}

function nested(value: object, path: string, walk: Walk): string {
  const { ancestors } = walk;
  for (let i = 0; i < ancestors.length; i++) {
    if (ancestors[i] === value) throw new InvalidResult(`${path} refers back to one of its own ancestors (a cycle)`);
  }
  if (ancestors.length >= DEPTH_MAX) throw new InvalidResult(`${path} is nested deeper than ${DEPTH_MAX} levels`);
  ancestors[ancestors.length] = value;
  const json = isArray(value)
    ? arrayToJson(value, path, walk)
    : objectToJson(value as Record<string, unknown>, path, walk);
  ancestors.length -= 1;
  return json;
}

const isOnBasePrototype = (toJSON: unknown): boolean =>
  toJSON === (ObjectPrototype as { toJSON?: unknown }).toJSON ||
  toJSON === (ArrayPrototype as { toJSON?: unknown }).toJSON;

const WRAPPERS = [NativeNumber, NativeString, NativeBoolean, NativeBigInt] as const;

function isWrapper(value: object): boolean {
  for (let i = 0; i < WRAPPERS.length; i++) if (isInstance(value, WRAPPERS[i] as never)) return true;
  return false;
}

function specialToJson(value: object, path: string, walk: Walk): string | undefined {
  if (isInstance(value, NativeDate)) return dateToJson(value, path, walk);
  if (isArrayBufferView(value)) {
    return jsonStringify(
      bytesToBase64(new NativeUint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)),
    );
  }
  if (isInstance(value, NativeArrayBuffer)) return jsonStringify(bytesToBase64(new NativeUint8Array(value)));
  if (isWrapper(value)) return valueToJson(value.valueOf(), path, walk);
  const { _bsontype: bsonType, toJSON } = value as { _bsontype?: unknown; toJSON?: unknown };
  if (typeof bsonType === 'string') return valueToJson(bsonToPlain(value as Bson), path, walk);
  // One that a script put on a prototype that everything has is its own doing, not a value's wish.
  if (typeof toJSON !== 'function' || isOnBasePrototype(toJSON)) return undefined;
  const replaced: unknown = toJSON.call(value, '');
  return replaced === value ? undefined : (valueToJson(replaced, path, walk) ?? 'null');
}

function valueToJson(value: unknown, path: string, walk: Walk): string | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'string':
      return count(walk, jsonStringify(value));
    case 'number':
      return numberToJson(value, path, walk);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return jsonStringify(bigintToString(value));
    case 'object':
      if (value === null) return 'null';
      return specialToJson(value, path, walk) ?? nested(value, path, walk);
    default:
      throw new InvalidResult(`${path} is a ${typeof value}, which JSON does not have`);
  }
}

/** JSON text of a result; `undefined` counts as null. Throws `InvalidResult` or `ResultTooLarge`. */
export function resultToJson(result: unknown): string {
  return valueToJson(result, 'result', { ancestors: bareList(), size: 0 }) ?? 'null';
}
