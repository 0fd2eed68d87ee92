import { BSONRegExp, type Document } from 'bson';
import { failure, notInDouble } from '../failure.ts';
import { isNumber, toNumeric } from './numbers.ts';
import { valuesAt } from './paths.ts';
import { compareValues, isDocument, rankOf } from './values.ts';

type Test = (document: Document) => boolean;
/** Asks one value; `undefined` is a missing one. */
type ValueTest = (value: unknown) => boolean;

/**
 * A filter as a function. Knows equality, $eq $ne $in $nin $gt $gte $lt $lte $exists $regex $not, $and $or $nor, dotted
 * paths and arrays; throws the server's error for any other operator.
 */
export const compileFilter = (filter: Document): Test => {
  const tests = Object.entries(filter).map(([name, value]) =>
    name.startsWith('$') ? compileLogical(name, value) : compileField(name.split('.'), value),
  );
  return (document) => tests.every((test) => test(document));
};

const compileLogical = (name: string, value: unknown): Test => {
  if (name === '$comment') return () => true;
  if (name !== '$and' && name !== '$or' && name !== '$nor') {
    if (['$expr', '$where', '$text', '$jsonSchema'].includes(name)) throw notInDouble(name);
    throw failure(
      2,
      `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
    );
  }
  if (!Array.isArray(value)) throw failure(2, `${name} must be an array`);
  if (value.length === 0) throw failure(2, `$and/$or/$nor must be a nonempty array`);
  const tests = value.map((inner: unknown) => {
    if (!isDocument(inner)) throw failure(2, '$or/$and/$nor entries need to be full objects');
    return compileFilter(inner);
  });
  if (name === '$and') return (document) => tests.every((test) => test(document));
  return (document) => tests.some((test) => test(document)) === (name === '$or');
};

const isOperators = (value: unknown): value is Document =>
  isDocument(value) && (Object.keys(value)[0]?.startsWith('$') ?? false);

const compileField = (path: readonly string[], value: unknown): Test => {
  if (!isOperators(value)) return anyValue(path, isEqual(value));
  const tests = Object.keys(value).map((operator) => compileOperator(path, operator, value));
  return (document) => tests.every((test) => test(document));
};

/** Whether a value at the path, or an element of an array there, passes. */
export const anyValue =
  (path: readonly string[], test: ValueTest): Test =>
  (document) =>
    valuesAt(document, path).some((value) => test(value) || (Array.isArray(value) && value.some(test)));

const compileOperator = (path: readonly string[], operator: string, operators: Document): Test => {
  const { [operator]: operand } = operators;
  if (operator === '$ne') return not(anyValue(path, isEqual(operand)));
  if (operator === '$in') return anyValue(path, isAnyOf(operator, operand));
  if (operator === '$nin') return not(anyValue(path, isAnyOf(operator, operand)));
  if (operator === '$not') return not(compileField(path, readNegated(operand)));
  if (operator === '$exists') return exists(path, isTrue(operand));
  if (operator === '$options') {
    if ('$regex' in operators) return () => true;
    throw failure(2, '$options needs a $regex');
  }
  return anyValue(path, compileValueOperator(operator, operand, operators));
};

const compileValueOperator = (operator: string, operand: unknown, { $options: options }: Document): ValueTest => {
  if (operator === '$regex') return matchesRegex(readRegex(operand, options));
  if (operator === '$eq') return isExactly(operand);
  const passes = ORDERS[operator];
  if (passes === undefined) {
    if (NOT_HERE.has(operator)) throw notInDouble(operator);
    throw failure(2, `unknown operator: ${operator}`);
  }
  return (value) => isComparable(value, operand) && passes(compareValues(value ?? null, operand));
};

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

const NOT_HERE = new Set(['$elemMatch', '$size', '$all', '$type', '$mod', '$geoWithin', '$near', '$bitsAllSet']);

/** A missing field counts as null, and no number compares with NaN but itself. */
const isComparable = (value: unknown, operand: unknown): boolean =>
  rankOf(value ?? null) === rankOf(operand) && isNotANumber(value) === isNotANumber(operand);

const isNotANumber = (value: unknown): boolean => isNumber(value) && Number.isNaN(toNumeric(value));

const not =
  (test: Test): Test =>
  (document) =>
    !test(document);

const exists =
  (path: readonly string[], wanted: boolean): Test =>
  (document) =>
    valuesAt(document, path).some((value) => value !== undefined) === wanted;

/** Everything but false, null, 0 and nothing at all. */
export const isTrue = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && compareValues(value, 0) !== 0;

const isExactly =
  (wanted: unknown): ValueTest =>
  (value) =>
    compareValues(value ?? null, wanted ?? null) === 0;

const isEqual = (wanted: unknown): ValueTest => {
  const same = isExactly(wanted);
  if (!(wanted instanceof BSONRegExp)) return same;
  const matches = matchesRegex(readRegex(wanted, undefined));
  return (value) => same(value) || matches(value);
};

const isAnyOf = (operator: string, operand: unknown): ValueTest => {
  if (!Array.isArray(operand)) throw failure(2, `${operator} needs an array`);
  const tests = operand.map((wanted: unknown) => {
    if (isOperators(wanted)) throw failure(2, `cannot nest $ under ${operator}`);
    return isEqual(wanted);
  });
  return (value) => tests.some((test) => test(value));
};

const readNegated = (operand: unknown): unknown => {
  if (operand instanceof BSONRegExp || isOperators(operand)) return operand;
  throw failure(2, '$not needs a regex or a document');
};

const matchesRegex =
  (regex: RegExp): ValueTest =>
  (value) =>
    typeof value === 'string' && regex.test(value);

const readRegex = (operand: unknown, options: unknown): RegExp => {
  if (typeof operand !== 'string' && !(operand instanceof BSONRegExp)) throw failure(2, '$regex has to be a string');
  const pattern = typeof operand === 'string' ? operand : operand.pattern;
  const flags = typeof options === 'string' ? options : typeof operand === 'string' ? '' : operand.options;
  if (/[^imsux]/.test(flags)) throw failure(51108, `invalid flag in regex options: ${flags}`);
  if (flags.includes('x')) throw notInDouble('regular expressions with the x option');
  try {
    return new RegExp(pattern, flags.replace('u', ''));
  } catch {
    throw failure(51091, `Regular expression is invalid: ${pattern}`);
  }
};
