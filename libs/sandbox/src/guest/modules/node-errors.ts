/** Errors as Node's own modules throw them: a code, Node's message, and the code in the stack. */
import { core } from './registry.ts';

type ErrorClass = new (message: string) => Error;

const HIDDEN = { writable: true, enumerable: false, configurable: true };

/** An error with a code, whose stack and text name the code as those of Node's errors do. */
export function nodeError(base: ErrorClass, code: string, message: string): Error {
  const error = new base(message);
  const { name, stack } = error;
  function tellOfCode(this: Error): string {
    return `${this.name} [${code}]: ${this.message}`;
  }
  Object.defineProperties(error, {
    stack: { ...HIDDEN, value: `${name} [${code}]${String(stack).slice(name.length)}` },
    toString: { ...HIDDEN, value: tellOfCode },
  });
  return Object.assign(error, { code });
}

/** `Received …`, as Node ends its messages. */
export function received(value: unknown): string {
  if (value === undefined || value === null) return `Received ${value}`;
  if (typeof value === 'function') return `Received function ${value.name}`;
  if (typeof value === 'object') {
    const { name } = (value as { constructor?: { name?: string } }).constructor ?? {};
    return name ? `Received an instance of ${name}` : `Received ${core.util.inspect(value, { depth: -1 })}`;
  }
  const shown = core.util.inspect(value, { colors: false });
  return `Received type ${typeof value} (${shown.length > 28 ? `${shown.slice(0, 25)}...` : shown})`;
}

const subject = (name: string): string =>
  name.endsWith(' argument') ? `The ${name}` : `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`;

/** `expected` reads on after "must be". */
export const invalidArgType = (name: string, expected: string, value: unknown): Error =>
  nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', `${subject(name)} must be ${expected}. ${received(value)}`);

/** `reason` reads on after the name. */
export const invalidArgValue = (name: string, value: unknown, reason = 'is invalid'): Error => {
  const kind = name.includes('.') ? 'property' : 'argument';
  const shown = core.util.inspect(value);
  const text = shown.length > 128 ? `${shown.slice(0, 128)}...` : shown;
  return nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', `The ${kind} '${name}' ${reason}. Received ${text}`);
};

const withSeparators = (value: string): string => {
  let text = '';
  let end = value.length;
  const start = value.startsWith('-') ? 1 : 0;
  for (; end >= start + 4; end -= 3) text = `_${value.slice(end - 3, end)}${text}`;
  return value.slice(0, end) + text;
};

/** `range` reads on after "It must be". */
export function outOfRange(name: string, range: string, value: unknown): Error {
  let shown = core.util.inspect(value);
  if (Number.isInteger(value) && Math.abs(value as number) > 2 ** 32) shown = withSeparators(String(value));
  else if (typeof value === 'bigint') {
    const large = value > 2n ** 32n || value < -(2n ** 32n);
    shown = `${large ? withSeparators(String(value)) : String(value)}n`;
  }
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${shown}`;
  return nodeError(RangeError, 'ERR_OUT_OF_RANGE', message);
}

export function validateFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') throw invalidArgType(name, 'of type function', value);
}
export function validateString(value: unknown, name: string): void {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value);
}
export function validateNumber(value: unknown, name: string): void {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
}
export function validateObject(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgType(name, 'of type object', value);
  }
}

/** What a function that Node documents and scripts do not have throws when it is called. */
export function notAvailable(name: string): (...args: unknown[]) => never {
  // A declared function, because classes that are missing are called with `new`.
  function missing(): never {
    throw Object.assign(new Error(`${name} is not available to scripts`), { code: 'ERR_UNAVAILABLE' });
  }
  Object.defineProperty(missing, 'name', { value: name.slice(name.lastIndexOf('.') + 1) });
  return Object.assign(missing, { [NOT_AVAILABLE]: true });
}

/** Marks functions of `notAvailable`, so that the table of what is there can tell. */
export const NOT_AVAILABLE = Symbol.for('userferry.notAvailable');
