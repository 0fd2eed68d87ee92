import { validateObject } from '../node-errors.ts';
import { CUSTOM } from '../util/format-value.ts';
import { isError } from '../util/kinds.ts';
import { differenceMessage, generatedMessage } from './messages.ts';

type Options = {
  readonly message?: unknown;
  readonly operator?: string;
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly stackStartFn?: unknown;
  readonly diff?: string;
};
type Show = (value: unknown, options: object) => string;

const WITH_DIFFERENCE = /^(?:partialDeepS|deepS|s)trictEqual$/;
const LINES_MAX = 10;

/** Without its stack, which would be compared as well. */
function withoutStack(error: Error): Error {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(error) as object) as Error, error);
  Object.defineProperty(copy, 'message', { value: error.message });
  if (Object.hasOwn(error, 'cause')) {
    const { cause } = error;
    Object.defineProperty(copy, 'cause', { value: isError(cause) ? withoutStack(cause) : cause });
  }
  return copy;
}

function messageOf({ message, operator = '', actual, expected }: Options): string {
  if (message !== undefined && message !== null) {
    return WITH_DIFFERENCE.test(operator) ? differenceMessage(operator, actual, expected, message) : String(message);
  }
  const areErrors = isError(actual) && isError(expected);
  return areErrors
    ? generatedMessage(operator, withoutStack(actual), withoutStack(expected))
    : generatedMessage(operator, actual, expected);
}

const shortened = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  const lines = value.split('\n');
  return lines.length > LINES_MAX ? `${lines.slice(0, LINES_MAX).join('\n')}\n...` : value;
};

export class AssertionError extends Error {
  generatedMessage: boolean;
  code = 'ERR_ASSERTION';
  actual: unknown;
  expected: unknown;
  operator: unknown;
  diff: string;

  constructor(options: Options) {
    validateObject(options, 'options');
    super(messageOf(options));
    const { message, operator, actual, expected, stackStartFn, diff = 'simple' } = options;
    const { code } = this;
    for (const field of ['code', 'actual', 'expected', 'operator', 'diff']) Reflect.deleteProperty(this, field);
    this.generatedMessage = !message;
    Object.defineProperty(this, 'name', {
      value: 'AssertionError [ERR_ASSERTION]',
      enumerable: false,
      writable: true,
      configurable: true,
    });
    this.code = code;
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    Error.captureStackTrace(this, stackStartFn as () => void);
    // The stack is made here, with the code in it.
    void this.stack;
    this.name = 'AssertionError';
    this.diff = diff;
  }

  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [CUSTOM](_depth: number, options: object, inspect: Show): string {
    const { actual, expected } = this;
    this.actual = shortened(actual);
    this.expected = shortened(expected);
    const text = inspect(this, { ...options, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return text;
  }
}
Object.defineProperty(AssertionError, 'name', { value: 'AssertionError', configurable: true });
