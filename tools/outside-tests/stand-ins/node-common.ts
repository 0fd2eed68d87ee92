/** Stands in for `test/common` of Node's own tests: the part that tests of scripts' modules use, in our words. */
import assert from 'node:assert';
import util from 'node:util';
import { type ExpectedCalls, fail, ledger, Skipped } from './ledger.ts';

type Call = (...args: unknown[]) => unknown;
const nothing: Call = () => undefined;

const counted = (call: Call, expected: ExpectedCalls): Call => {
  ledger.calls.push(expected);
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    // What still comes after the file has ended its program would not come in Node.
    if (!ledger.isOver) expected.made += 1;
    return call.apply(this, args);
  };
  Object.defineProperty(wrapper, 'name', { value: call.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: call.length, configurable: true });
  return wrapper;
};

/** Both take `(count)` alone too. */
const withCount = (call: unknown, count: unknown): [Call, number] =>
  typeof call === 'number' ? [nothing, call] : [(call as Call | undefined) ?? nothing, (count as number) ?? 1];

export const mustCall = (given?: unknown, count?: unknown): Call => {
  const [call, exact] = withCount(given, count);
  return counted(call, { name: call.name || 'a callback', min: exact, max: exact, made: 0 });
};

export const mustCallAtLeast = (given?: unknown, count?: unknown): Call => {
  const [call, min] = withCount(given, count);
  return counted(call, { name: call.name || 'a callback', min, max: Number.POSITIVE_INFINITY, made: 0 });
};

export const mustSucceed = (given?: unknown, count?: unknown): Call => {
  const [call, exact] = withCount(given, count);
  return mustCall(function (this: unknown, error: unknown, ...args: unknown[]) {
    assert.ifError(error);
    return call.apply(this, args);
  }, exact);
};

export const mustNotCall = (message?: string): Call => {
  return (...args) => {
    const error = new assert.AssertionError({
      message: `${message || 'a function'} was called with ${args.length} arguments: ${args.map(String).join(', ')}`,
      operator: 'fail',
    });
    fail(error);
    throw error;
  };
};

export const mustNotMutateObjectDeep = <T>(value: T): T => value;

export const expectsError = (validator: object, count?: number): Call =>
  mustCall((...args: unknown[]) => {
    assert.strictEqual(args.length, 1);
    assert.throws(() => {
      throw args[0];
    }, validator as Error);
    return true;
  }, count);

type Warnings = Record<string, unknown>;
const pairsOf = (messages: unknown): [string, string | undefined][] => {
  if (typeof messages === 'string') return [[messages, undefined]];
  const list = messages as readonly unknown[];
  if (typeof list[0] === 'string') return [[list[0], list[1] as string | undefined]];
  return list.map((entry) => (Array.isArray(entry) ? [entry[0], entry[1]] : [entry as string, undefined]));
};

/** One mustCall for every announced warning: `(name, messages, code)` or `({ name: messages })`. */
export const expectWarning = (names: string | Warnings, messages?: unknown, code?: string): void => {
  const wanted = typeof names === 'string' ? { [names]: code === undefined ? messages : [[messages, code]] } : names;
  for (const [name, list] of Object.entries(wanted)) {
    const left = pairsOf(list);
    const check = mustCall((warning: unknown) => {
      const [message, warningCode] = left.shift() ?? [];
      assert.strictEqual((warning as Error).message, message);
      if (warningCode !== undefined) assert.strictEqual((warning as { code?: string }).code, warningCode);
    }, left.length);
    process.on('warning', (warning) => {
      if (warning.name === name) check(warning);
    });
  }
};

export const skip = (message: string): never => {
  throw new Skipped(message);
};
export const printSkipMessage = nothing;
export const platformTimeout = <T>(value: T): T => value;
export const skipIf32Bits = nothing;
export const skipIfInspectorDisabled = (): never => skip('no inspector');
export const skipIfWorker = nothing;
export const allowGlobals = nothing;
export const disableCrashOnUnhandledRejection = nothing;
export const crashOnUnhandledRejection = nothing;

export const PORT = 12_346;
export const localhostIPv4 = '127.0.0.1';
export const hasCrypto = true;
export const hasIntl = true;
export const hasIPv6 = true;
export const hasFullICU = true;
export const hasQuic = false;
export const hasSQLite = false;
export const isWindows = false;
export const isAIX = false;
export const isIBMi = false;
export const isSunOS = false;
export const isFreeBSD = false;
export const isOpenBSD = false;
export const isMacOS = false;
export const isOSX = false;
export const isLinux = true;
export const isDebug = false;
export const isASan = false;
export const isRiscv64 = false;
export const isPi = () => false;
export const isDumbTerminal = true;
export const isMainThread = true;
export const inFreeBSDJail = false;
export const enoughTestMem = true;
export const enoughTestCpu = true;
export const bits = ['arm64', 'x64'].includes(process.arch) ? 64 : 32;
export const defaultAutoSelectFamilyAttemptTimeout = 2500;

/** The end of Node's messages about a wrong type: what was received instead. */
export const invalidArgTypeHelper = (input: unknown): string => {
  if (input === null || input === undefined) return ` Received ${input}`;
  if (typeof input === 'function') return ` Received function ${input.name}`;
  if (typeof input === 'object') {
    const name = input.constructor?.name;
    return name ? ` Received an instance of ${name}` : ` Received ${util.inspect(input, { depth: -1 })}`;
  }
  const shown = util.inspect(input, { colors: false });
  return ` Received type ${typeof input} (${shown.length > 28 ? `${shown.slice(0, 25)}...` : shown})`;
};

type View = new (buffer: ArrayBufferLike, offset: number, length: number) => ArrayBufferView;
const VIEWS: readonly View[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

export const getArrayBufferViews = ({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBufferView[] =>
  VIEWS.map((View) => {
    const { BYTES_PER_ELEMENT: size = 1 } = View as { BYTES_PER_ELEMENT?: number };
    if (byteLength % size !== 0) return undefined;
    return new View(buffer, byteOffset, byteLength / size);
  }).filter((view) => view !== undefined);

export const getBufferSources = (bytes: Uint8Array): unknown[] => [
  ...getArrayBufferViews(bytes),
  new Uint8Array(bytes).buffer,
];
