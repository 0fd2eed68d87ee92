import { Decimal128, Double, Int32, Long } from 'bson';

/** A number as BSON holds it. */
export type BsonNumber = Int32 | Double | Long | Decimal128 | number | bigint;

/** Whether a value is a number of any kind. */
export const isNumber = (value: unknown): value is BsonNumber =>
  typeof value === 'number' ||
  typeof value === 'bigint' ||
  value instanceof Int32 ||
  value instanceof Double ||
  (value instanceof Long && value._bsontype === 'Long') ||
  value instanceof Decimal128;

/** The value to compute and compare with; integers are exact, Decimal128 is as near as a double is. */
export const toNumeric = (value: BsonNumber): number | bigint => {
  if (value instanceof Long) return value.toBigInt();
  if (value instanceof Decimal128) return Number(value.toString());
  return value instanceof Int32 || value instanceof Double ? value.value : value;
};

const isFloat = (value: BsonNumber): boolean =>
  value instanceof Double || value instanceof Decimal128 || (typeof value === 'number' && !Number.isInteger(value));

/** The sum in the kind that a server answers in: a double if either is one, else the smallest integer that holds it. */
export const addNumbers = (left: BsonNumber, right: BsonNumber): BsonNumber => {
  if (isFloat(left) || isFloat(right)) return new Double(Number(toNumeric(left)) + Number(toNumeric(right)));
  const sum = BigInt(toNumeric(left)) + BigInt(toNumeric(right));
  return sum === BigInt.asIntN(32, sum) && !(left instanceof Long) ? new Int32(Number(sum)) : Long.fromBigInt(sum);
};

/** Reads a count of an option (`limit`, `skip`, `batchSize`), or undefined where there is none. */
export const readCount = (value: unknown): number | undefined =>
  isNumber(value) ? Math.trunc(Number(toNumeric(value))) : undefined;
