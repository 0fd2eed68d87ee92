import { Binary, BSONRegExp, BSONSymbol, Code, type Document, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { isNumber, toNumeric } from './numbers.ts';

/** BSON's kinds of value, in the order in which they sort. */
const RANK = {
  minKey: -1,
  missing: 4,
  null: 5,
  number: 10,
  string: 15,
  object: 20,
  array: 25,
  binary: 30,
  objectId: 35,
  boolean: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  code: 60,
  maxKey: 127,
} as const;

/** Where a value's kind stands in the order of kinds; values of different ranks are never equal nor comparable. */
export const rankOf = (value: unknown): number => {
  if (value === undefined) return RANK.missing;
  if (value === null) return RANK.null;
  if (isNumber(value)) return RANK.number;
  if (typeof value === 'string' || value instanceof BSONSymbol) return RANK.string;
  if (typeof value === 'boolean') return RANK.boolean;
  if (Array.isArray(value)) return RANK.array;
  return rankOfObject(value);
};

const rankOfObject = (value: unknown): number => {
  if (value instanceof ObjectId) return RANK.objectId;
  if (value instanceof Date) return RANK.date;
  if (value instanceof Timestamp) return RANK.timestamp;
  if (value instanceof Binary) return RANK.binary;
  if (value instanceof BSONRegExp) return RANK.regex;
  if (value instanceof Code) return RANK.code;
  if (value instanceof MinKey) return RANK.minKey;
  return value instanceof MaxKey ? RANK.maxKey : RANK.object;
};

/** Whether it is a document (and none of BSON's own objects). */
export const isDocument = (value: unknown): value is Document => rankOf(value) === RANK.object;

const compareText = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

const compareNumbers = (left: number | bigint, right: number | bigint): number => {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(right)) - Number(Number.isNaN(left));
  if (left < right) return -1;
  return left > right ? 1 : 0;
};

const compareLists = (left: readonly unknown[], right: readonly unknown[]): number => {
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const order = compareValues(left[at], right[at]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
};

const entriesOf = (document: Document): unknown[] =>
  Object.entries(document).flatMap(([key, value]) => [rankOf(value), key, value]);

/** The order of two values as the server sorts them: by kind, then by value. Negative, 0 or positive. */
export const compareValues = (left: unknown, right: unknown): number => {
  const rank = rankOf(left);
  const difference = rank - rankOf(right);
  return difference === 0 ? compareAlike(left, right, rank) : difference;
};

const compareAlike = (left: unknown, right: unknown, rank: number): number => {
  if (isNumber(left) && isNumber(right)) return compareNumbers(toNumeric(left), toNumeric(right));
  if (Array.isArray(left) && Array.isArray(right)) return compareLists(left, right);
  if (left instanceof Binary && right instanceof Binary) return compareBinaries(left, right);
  if (left instanceof ObjectId && right instanceof ObjectId)
    return compareText(left.toHexString(), right.toHexString());
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  if (left instanceof Timestamp && right instanceof Timestamp) return left.compare(right);
  if (typeof left === 'boolean') return Number(left) - Number(right);
  if (rank === RANK.object) return compareLists(entriesOf(left as Document), entriesOf(right as Document));
  return rank === RANK.null || rank === RANK.missing ? 0 : compareText(textOf(left), textOf(right));
};

const compareBinaries = (left: Binary, right: Binary): number =>
  left.length() - right.length() || left.sub_type - right.sub_type || Buffer.compare(left.value(), right.value());

const textOf = (value: unknown): string => {
  if (value instanceof BSONRegExp) return `${value.pattern}\0${value.options}`;
  return value instanceof Code ? String(value.code) : String(value);
};

/** A text that two values share exactly if they are equal (1 and 1.0 are), for indexes. */
export const keyOf = (value: unknown): string => {
  const rank = rankOf(value);
  if (isNumber(value)) {
    const numeric = toNumeric(value);
    return `${rank}:${Number.isInteger(numeric) ? BigInt(numeric) : numeric}`;
  }
  if (Array.isArray(value)) return `${rank}:[${value.map(keyOf).join()}]`;
  if (value instanceof Binary) return `${rank}:${value.sub_type}:${value.toString('hex')}`;
  if (value instanceof Date) return `${rank}:${value.getTime()}`;
  if (rank === RANK.object) {
    return `${rank}:{${Object.entries(value as Document).map(([key, inner]) => `${JSON.stringify(key)}=${keyOf(inner)}`)}}`;
  }
  return `${rank}:${rank === RANK.null || rank === RANK.missing ? '' : JSON.stringify(textOf(value))}`;
};
