import { printSqlType, type SqlType } from '../types/sql-type.ts';
import { convertValue } from '../types/value-codec.ts';
import { evaluate, type Scope, type Typed } from './evaluate.ts';
import { failure } from './failure.ts';
import type { Condition } from './statement.ts';

const NUMBERS = new Set([
  'bit',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'real',
  'float',
  'money',
  'smallmoney',
  'decimal',
  'numeric',
]);
const TEXTS = new Set(['char', 'varchar', 'text', 'nchar', 'nvarchar', 'ntext', 'xml']);

/** What the double compares by: numbers, moments in ms, bytes in hex, texts without case and without blanks at the end. */
const sortKey = (type: SqlType, value: unknown): number | bigint | string => {
  if (typeof value === 'bigint') return value;
  if (NUMBERS.has(type.name)) return Number(value);
  if (value instanceof Date) return value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return TEXTS.has(type.name) ? String(value).toLowerCase().trimEnd() : String(value);
};

/** Below, equal or above zero; undefined where one is NULL. A text beside another type is read as that type. */
export const compare = (left: Typed, right: Typed): number | undefined => {
  if (left.value === null || right.value === null) return undefined;
  const a = TEXTS.has(left.type.name) && !TEXTS.has(right.type.name) ? right.type : left.type;
  const b = TEXTS.has(right.type.name) && !TEXTS.has(left.type.name) ? left.type : right.type;
  const first = sortKey(a, a === left.type ? left.value : readAs(a, left.value));
  const second = sortKey(b, b === right.type ? right.value : readAs(b, right.value));
  if (first < second) return -1;
  return first > second ? 1 : 0;
};

const readAs = (type: SqlType, value: unknown): unknown => {
  try {
    return convertValue(type, value);
  } catch {
    const target = printSqlType(type);
    throw failure(
      245,
      `Conversion failed when converting the nvarchar value '${String(value)}' to data type ${target}.`,
    );
  }
};

const HOLDS = {
  '=': (order: number) => order === 0,
  '<>': (order: number) => order !== 0,
  '<': (order: number) => order < 0,
  '>': (order: number) => order > 0,
  '<=': (order: number) => order <= 0,
  '>=': (order: number) => order >= 0,
};

const isLike = (text: unknown, pattern: unknown): boolean => {
  const source = String(pattern)
    .replace(/[.*+?^${}()|\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, 'is').test(String(text));
};

/** Whether the row in scope satisfies the condition; undefined is SQL's "unknown". */
export const satisfies = (condition: Condition, scope: Scope): boolean | undefined => {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return combine(condition, scope);
    case 'not': {
      const inner = satisfies(condition.condition, scope);
      return inner === undefined ? undefined : !inner;
    }
    case 'null':
      return (evaluate(condition.expression, scope).value === null) !== condition.negated;
    case 'in':
      return isOneOf(condition, scope);
    default:
      return compares(condition, scope);
  }
};

const combine = (condition: Extract<Condition, { kind: 'and' | 'or' }>, scope: Scope): boolean | undefined => {
  const left = satisfies(condition.left, scope);
  const right = satisfies(condition.right, scope);
  const decisive = condition.kind === 'or';
  if (left === decisive || right === decisive) return decisive;
  return left === undefined || right === undefined ? undefined : !decisive;
};

const compares = (condition: Extract<Condition, { kind: 'compare' }>, scope: Scope): boolean | undefined => {
  const left = evaluate(condition.left, scope);
  const right = evaluate(condition.right, scope);
  if (condition.operator === 'like') {
    return left.value === null || right.value === null ? undefined : isLike(left.value, right.value);
  }
  const order = compare(left, right);
  return order === undefined ? undefined : HOLDS[condition.operator](order);
};

const isOneOf = (condition: Extract<Condition, { kind: 'in' }>, scope: Scope): boolean | undefined => {
  const value = evaluate(condition.expression, scope);
  const orders = condition.choices.map((choice) => compare(value, evaluate(choice, scope)));
  if (orders.includes(0)) return !condition.negated;
  return orders.includes(undefined) ? undefined : condition.negated;
};
