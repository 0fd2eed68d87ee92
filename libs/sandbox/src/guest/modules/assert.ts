/** `assert`. */
import { AssertionError } from './assert/assertion-error.ts';
import { type Assertion, expectError, expectNoError, outcomeOf, outcomeOfPromise } from './assert/expected-error.ts';
import { isPartlyEqual } from './assert/partial-equal.ts';
import { invalidArgType, nodeError } from './node-errors.ts';
import { isDeepEqual } from './util/deep-equal.ts';
import { inspect } from './util/inspect.ts';
import { isError, isRegExp } from './util/kinds.ts';

type Compare = (actual: unknown, expected: unknown) => boolean;

/** An assertion on two values: `holds` says whether it is satisfied. */
function comparison(name: string, operator: string, holds: Compare): Assertion {
  const { [name]: assertion } = {
    [name]: (...args: unknown[]): void => {
      const [actual, expected, message] = args;
      if (args.length < 2) {
        throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "actual" and "expected" arguments must be specified');
      }
      if (holds(actual, expected)) return;
      if (isError(message)) throw message;
      throw new AssertionError({ actual, expected, message, operator, stackStartFn: assertion });
    },
  };
  return assertion as Assertion;
}

const areBothNaN: Compare = (one, other) => Number.isNaN(one) && Number.isNaN(other);
// biome-ignore lint/suspicious/noDoubleEquals: this is the assertion that compares loosely.
const isLooselyEqual: Compare = (one, other) => one == other || areBothNaN(one, other);

const comparisons = {
  equal: comparison('equal', '==', isLooselyEqual),
  notEqual: comparison('notEqual', '!=', (one, other) => !isLooselyEqual(one, other)),
  deepEqual: comparison('deepEqual', 'deepEqual', (one, other) => isDeepEqual(one, other, 'loose')),
  notDeepEqual: comparison('notDeepEqual', 'notDeepEqual', (one, other) => !isDeepEqual(one, other, 'loose')),
  deepStrictEqual: comparison('deepStrictEqual', 'deepStrictEqual', (one, other) => isDeepEqual(one, other, 'strict')),
  notDeepStrictEqual: comparison(
    'notDeepStrictEqual',
    'notDeepStrictEqual',
    (one, other) => !isDeepEqual(one, other, 'strict'),
  ),
  strictEqual: comparison('strictEqual', 'strictEqual', Object.is),
  notStrictEqual: comparison('notStrictEqual', 'notStrictEqual', (one, other) => !Object.is(one, other)),
  partialDeepStrictEqual: comparison('partialDeepStrictEqual', 'partialDeepStrictEqual', isPartlyEqual),
};

/** Truth; what was asked is not quoted, for the source is not at hand. */
function demand(by: Assertion, args: readonly unknown[]): void {
  const [value, given] = args;
  if (value) return;
  if (isError(given)) throw given;
  const isGenerated = args.length === 0 || given === undefined || given === null;
  const missing = 'No value argument passed to `assert.ok()`';
  const message = args.length === 0 ? missing : (given ?? 'The expression evaluated to a falsy value');
  const error = new AssertionError({ actual: value, expected: true, message, operator: '==', stackStartFn: by });
  error.generatedMessage = isGenerated;
  throw error;
}

function ok(...args: unknown[]): void {
  demand(ok, args);
}
function strict(...args: unknown[]): void {
  demand(strict, args);
}

function fail(...args: unknown[]): never {
  const [actual, expected, message, operator = args.length === 2 ? '!=' : 'fail'] = args;
  const own = args.length === 1 ? actual : message;
  const isGenerated = args.length <= 1 && (actual === undefined || actual === null);
  const text = isGenerated ? 'Failed' : own;
  if (isError(text)) throw text;
  const compared = args.length <= 1 ? {} : { actual, expected };
  const error = new AssertionError({ ...compared, message: text, operator: operator as string, stackStartFn: fail });
  if (isGenerated) error.generatedMessage = true;
  throw error;
}

function throws(call: unknown, ...args: unknown[]): void {
  expectError(throws, 'exception', outcomeOf(call), args);
}
async function rejects(given: unknown, ...args: unknown[]): Promise<void> {
  expectError(rejects, 'rejection', await outcomeOfPromise(given), args);
}
function doesNotThrow(call: unknown, ...args: unknown[]): void {
  expectNoError(doesNotThrow, 'exception', outcomeOf(call), args);
}
async function doesNotReject(given: unknown, ...args: unknown[]): Promise<void> {
  expectNoError(doesNotReject, 'rejection', await outcomeOfPromise(given), args);
}

function unwantedText(error: unknown): string {
  const { message } = error as { message?: unknown };
  if (typeof error !== 'object' || typeof message !== 'string') return inspect(error);
  const { name } = (error as { constructor?: { name?: string } }).constructor ?? {};
  return message === '' && name ? name : message;
}

function ifError(error: unknown): void {
  if (error === null || error === undefined) return;
  const message = `ifError got unwanted exception: ${unwantedText(error)}`;
  const made = new AssertionError({
    actual: error,
    expected: null,
    operator: 'ifError',
    message,
    stackStartFn: ifError,
  });
  const { stack } = error as { stack?: unknown };
  const start = typeof stack === 'string' ? stack.indexOf('\n    at') : -1;
  if (start !== -1) made.stack = `${made.stack?.split('\n    at')[0]}${(stack as string).slice(start)}`;
  throw made;
}

function checkMatch(by: Assertion, text: unknown, pattern: unknown, message: unknown, wanted: boolean): void {
  if (!isRegExp(pattern)) throw invalidArgType('regexp', 'an instance of RegExp', pattern);
  if (typeof text === 'string' && (pattern.exec(text) !== null) === wanted) return;
  if (isError(message)) throw message;
  const start = wanted ? 'The input did not match' : 'The input was expected to not match';
  const own =
    typeof text === 'string'
      ? `${start} the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`
      : `The "string" argument must be of type string. Received type ${typeof text} (${inspect(text)})`;
  const shown = message || own;
  const error = new AssertionError({
    actual: text,
    expected: pattern,
    message: shown,
    operator: by.name,
    stackStartFn: by,
  });
  error.generatedMessage = !message;
  throw error;
}
function match(text: unknown, pattern: unknown, message?: unknown): void {
  checkMatch(match, text, pattern, message, true);
}
function doesNotMatch(text: unknown, pattern: unknown, message?: unknown): void {
  checkMatch(doesNotMatch, text, pattern, message, false);
}

const assertions = {
  AssertionError,
  ...comparisons,
  fail,
  ifError,
  match,
  doesNotMatch,
  throws,
  rejects,
  doesNotThrow,
  doesNotReject,
};

const STRICT = {
  equal: comparisons.strictEqual,
  deepEqual: comparisons.deepStrictEqual,
  notEqual: comparisons.notStrictEqual,
  notDeepEqual: comparisons.notDeepStrictEqual,
};

const strictAssert = Object.assign(strict, assertions, { ok }, STRICT);
export const assert = Object.assign(ok, assertions, {
  ok,
  strict: Object.assign(strictAssert, { strict: strictAssert }),
});
