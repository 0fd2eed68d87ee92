/** Assertions about what a function throws or a promise rejects with. */
import { invalidArgType, invalidArgValue, nodeError, received, validateFunction } from '../node-errors.ts';
import { isDeepEqual } from '../util/deep-equal.ts';
import { inspect } from '../util/inspect.ts';
import { isError, isPromise, isRegExp } from '../util/kinds.ts';
import { AssertionError } from './assertion-error.ts';

type Bag = Record<string, unknown>;
type Named = { readonly name: string };
/** The assertion that was called: it names the operator, and frames above it are left out of the stack. */
export type Assertion = ((...args: never[]) => unknown) & Named;
/** What came of a call: nothing, or what it threw. */
export type Outcome = { readonly thrown: unknown } | undefined;

export function outcomeOf(call: unknown): Outcome {
  validateFunction(call, 'fn');
  try {
    (call as () => unknown)();
  } catch (thrown) {
    return { thrown };
  }
  return undefined;
}

const isPromiseLike = (value: unknown): value is PromiseLike<unknown> => {
  if (isPromise(value)) return true;
  const { then, catch: rejected } = (typeof value === 'object' && value !== null ? value : {}) as Bag;
  return typeof then === 'function' && typeof rejected === 'function';
};

function promiseOf(given: unknown): PromiseLike<unknown> {
  if (isPromiseLike(given)) return given;
  if (typeof given !== 'function') {
    throw invalidArgType('promiseFn', 'of type function or an instance of Promise', given);
  }
  const returned: unknown = given();
  if (isPromiseLike(returned)) return returned;
  const what = received(returned).replace('Received ', '').replace('an instance', 'an instance');
  const message = `Expected instance of Promise to be returned from the "promiseFn" function but got ${what}.`;
  throw nodeError(TypeError, 'ERR_INVALID_RETURN_VALUE', message);
}

export async function outcomeOfPromise(given: unknown): Promise<Outcome> {
  const promise = promiseOf(given);
  try {
    await promise;
  } catch (thrown) {
    return { thrown };
  }
  return undefined;
}

const matches = (pattern: unknown, value: unknown): boolean =>
  typeof value === 'string' && isRegExp(pattern) && pattern.exec(value) !== null;

/** The compared properties alone, so that a message shows no more than them. */
class Comparison {
  constructor(value: Bag, keys: readonly string[], actual?: Bag) {
    for (const key of keys) {
      if (!(key in value)) continue;
      (this as unknown as Bag)[key] = matches(value[key], actual?.[key]) ? actual?.[key] : value[key];
    }
  }
}
Object.defineProperty(Comparison, 'name', { value: 'Comparison', configurable: true });

type Check = { readonly actual: unknown; readonly message: unknown; readonly by: Assertion };

function failWith(check: Check, expected: unknown, message: unknown, isGenerated: boolean): never {
  if (isError(message)) throw message;
  const { actual, by } = check;
  const error = new AssertionError({ actual, expected, message, operator: by.name, stackStartFn: by });
  error.generatedMessage = isGenerated;
  throw error;
}

function checkProperties(expected: Bag, check: Check): void {
  const { actual, message, by } = check;
  const value = actual as Bag;
  const keys = isError(expected) ? [...Object.keys(expected), 'name', 'message'] : Object.keys(expected);
  if (keys.length === 0) throw invalidArgValue('error', expected, 'may not be an empty object');
  for (const key of keys) {
    if (matches(expected[key], value[key])) continue;
    if (key in value && isDeepEqual(value[key], expected[key], 'strict')) continue;
    if (message) failWith(check, expected, message, false);
    const error = new AssertionError({
      actual: new Comparison(value, keys),
      expected: new Comparison(expected, keys, value),
      operator: 'deepStrictEqual',
      stackStartFn: by,
    });
    throw Object.assign(error, { actual, expected, operator: by.name });
  }
}

function describe(actual: unknown, expected: Named): string {
  if (!isError(actual)) return `"${inspect(actual, { depth: -1 })}"`;
  const name = (actual.constructor as Named | undefined)?.name || actual.name;
  const told = expected.name === name ? 'an error with identical name but a different prototype.' : `"${name}"`;
  return actual.message ? `${told}\n\nError message:\n\n${actual.message}` : told;
}

function checkByFunction(expected: ((actual: unknown) => unknown) & Named, check: Check): void {
  const { actual, message } = check;
  if (expected.prototype !== undefined && actual instanceof expected) return;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    const start = `The error is expected to be an instance of "${expected.name}". Received `;
    failWith(check, expected, message || start + describe(actual, expected), !message);
  }
  const answer = expected.call({}, actual);
  if (answer === true) return;
  const name = expected.name ? `"${expected.name}" ` : '';
  const caught = isError(actual) ? `\n\nCaught error:\n\n${actual}` : '';
  const text = `The ${name}validation function is expected to return "true". Received ${inspect(answer)}${caught}`;
  failWith(check, expected, message || text, !message);
}

function checkThrown(expected: unknown, check: Check): void {
  const { actual, message, by } = check;
  if (typeof expected === 'function') {
    checkByFunction(expected as never, check);
    return;
  }
  if (isRegExp(expected)) {
    const text = String(actual);
    if (expected.exec(text) !== null) return;
    const own = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
    failWith(check, expected, message || own, !message);
  }
  if (typeof actual === 'object' && actual !== null) {
    checkProperties(expected as Bag, check);
    return;
  }
  const error = new AssertionError({ actual, expected, message, operator: 'deepStrictEqual', stackStartFn: by });
  throw Object.assign(error, { operator: by.name });
}

const EXPECTED = 'of type function or an instance of Error, RegExp, or Object';
const ambiguous = (text: string): Error =>
  nodeError(TypeError, 'ERR_AMBIGUOUS_ARGUMENT', `The "error/message" argument is ambiguous. ${text}`);

function rejectAmbiguous(outcome: Outcome, text: string): void {
  const { thrown } = outcome ?? {};
  if (typeof thrown === 'object' && thrown !== null) {
    if ((thrown as Error).message !== text) return;
    throw ambiguous(`The error message "${text}" is identical to the message.`);
  }
  if (outcome !== undefined && thrown === text) throw ambiguous(`The error "${text}" is identical to the message.`);
}

/** `args` are what is expected, if anything, and a message. */
export function expectError(by: Assertion, kind: string, outcome: Outcome, args: readonly unknown[]): void {
  let [expected, message] = args;
  if (typeof expected === 'string') {
    if (args.length === 2) throw invalidArgType('error', EXPECTED, expected);
    rejectAmbiguous(outcome, expected);
    message = expected;
    expected = undefined;
  } else if (
    expected !== undefined &&
    expected !== null &&
    typeof expected !== 'object' &&
    typeof expected !== 'function'
  ) {
    throw invalidArgType('error', EXPECTED, expected);
  }
  if (outcome === undefined) {
    if (isError(message)) throw message;
    const { name } = (expected ?? {}) as Partial<Named>;
    const text = `Missing expected ${kind}${name ? ` (${name})` : ''}${message ? `: ${message}` : '.'}`;
    throw new AssertionError({ expected, operator: by.name, message: text, stackStartFn: by });
  }
  if (expected) checkThrown(expected, { actual: outcome.thrown, message, by });
}

function isTheUnwanted(actual: unknown, unwanted: unknown): boolean {
  if (isRegExp(unwanted)) return unwanted.exec(String(actual)) !== null;
  if (typeof unwanted !== 'function') {
    throw invalidArgType('expected', 'of type function or an instance of RegExp', unwanted);
  }
  if (unwanted.prototype !== undefined && actual instanceof unwanted) return true;
  return !Object.prototype.isPrototypeOf.call(Error, unwanted) && unwanted.call({}, actual) === true;
}

export function expectNoError(by: Assertion, kind: string, outcome: Outcome, args: readonly unknown[]): void {
  if (outcome === undefined) return;
  const { thrown: actual } = outcome;
  const [unwanted, message] = typeof args[0] === 'string' ? [undefined, args[0]] : args;
  if (unwanted && !isTheUnwanted(actual, unwanted)) throw actual;
  const text = `Got unwanted ${kind}${message ? `: ${message}` : '.'}\nActual message: "${(actual as Error | undefined)?.message}"`;
  throw new AssertionError({ actual, expected: unwanted, operator: by.name, message: text, stackStartFn: by });
}
