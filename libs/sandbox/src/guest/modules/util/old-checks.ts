/** The checks that Node 12 has and Node 23 took away: scripts of that day call them. */
import { Buffer } from '../buffer.ts';
import { isDate, isError, isRegExp } from './kinds.ts';

export const oldChecks = {
  isArray: Array.isArray,
  isBoolean: (value: unknown) => typeof value === 'boolean',
  isBuffer: (value: unknown) => Buffer.isBuffer(value),
  isDate,
  isError,
  isFunction: (value: unknown) => typeof value === 'function',
  isNull: (value: unknown) => value === null,
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isNumber: (value: unknown) => typeof value === 'number',
  isObject: (value: unknown) => value !== null && typeof value === 'object',
  isPrimitive: (value: unknown) => value === null || (typeof value !== 'object' && typeof value !== 'function'),
  isRegExp,
  isString: (value: unknown) => typeof value === 'string',
  isSymbol: (value: unknown) => typeof value === 'symbol',
  isUndefined: (value: unknown) => value === undefined,
};
