/** `console`: what Node would write to its streams becomes lines of the run's log, formatted as Node does. */
import { nodeError } from '../modules/node-errors.ts';
import { forgetWarnings } from '../modules/util/deprecate.ts';
import { formatWith } from '../modules/util/format.ts';
import { inspectWithin } from '../modules/util/inspect.ts';
import { type InspectOptions, resetDefaultOptions } from '../modules/util/inspect-context.ts';
import { replaceText } from '../modules/util/intrinsics.ts';
import { create, dateNow, isArray, NativeError, NativeString } from '../primordials.ts';
import { durationText } from './console/durations.ts';
import { emit, endLog, isFull, type Level, LINE_MAX, startLog as startLines } from './console/run-log.ts';
import { tableOf } from './console/table.ts';

export { endLog };

/** Of a value that takes more than this, what comes after is cut off anyway. */
const BUDGET_CHARACTERS = 8 * LINE_MAX;
const GROUP_STEP = '  ';
const INDENT_MAX = 40;
/** What text cells of tables show of lists. */
const TABLE_ITEMS = 3;
const UNSHOWABLE = '[a value that cannot be shown]';

let indent = '';
let counts: Record<string, number> = create(null);
let clocks: Record<string, number> = create(null);

const show = (value: unknown, options?: Partial<InspectOptions>): string =>
  inspectWithin(BUDGET_CHARACTERS, value, options);

function write(level: Level, make: () => string): void {
  if (isFull()) return;
  let text: string;
  try {
    text = make();
  } catch {
    text = UNSHOWABLE;
  }
  emit(level, indent === '' ? text : indent + replaceText(text, '\n', `\n${indent}`));
}

const writer =
  (level: Level) =>
  (...args: unknown[]): void =>
    write(level, () => formatWith(show, undefined, args));

const log = writer('info');
const warn = writer('warn');
const error = writer('error');

/** Begins a run's log. */
export function startLog(): void {
  startLines();
  resetDefaultOptions();
  forgetWarnings();
  indent = '';
  counts = create(null);
  clocks = create(null);
}

function trace(...args: unknown[]): void {
  write('error', () => {
    const place = { stack: '' };
    NativeError.captureStackTrace(place, trace);
    const [, ...frames] = NativeString(place.stack).split('\n');
    return [`Trace: ${formatWith(show, undefined, args)}`, ...frames].join('\n');
  });
}

function assert(condition?: unknown, ...args: unknown[]): void {
  if (condition) return;
  if (typeof args[0] === 'string') warn(`Assertion failed: ${args[0]}`, ...args.slice(1));
  else warn('Assertion failed', ...args);
}

function group(...args: unknown[]): void {
  if (args.length > 0) log(...args);
  if (indent.length < INDENT_MAX) indent += GROUP_STEP;
}

function groupEnd(): void {
  indent = indent.slice(GROUP_STEP.length);
}

function count(label: unknown = 'default'): void {
  const name = `${label}`;
  counts[name] = (counts[name] ?? 0) + 1;
  log(`${name}: ${counts[name]}`);
}

function countReset(label: unknown = 'default'): void {
  const name = `${label}`;
  if (name in counts) delete counts[name];
  else warn(`Warning: Count for '${name}' does not exist`);
}

function time(label: unknown = 'default'): void {
  const name = `${label}`;
  if (name in clocks) warn(`Warning: Label '${name}' already exists for console.time()`);
  else clocks[name] = dateNow();
}

function tellTime(method: string, label: unknown, args: readonly unknown[]): void {
  const name = `${label}`;
  const startedAtMs = clocks[name];
  if (startedAtMs === undefined) warn(`Warning: No such label '${name}' for console.${method}()`);
  else log('%s: %s', name, durationText(dateNow() - startedAtMs), ...args);
}

const timeLog = (label: unknown = 'default', ...args: unknown[]): void => tellTime('timeLog', label, args);

function timeEnd(label: unknown = 'default'): void {
  tellTime('timeEnd', label, []);
  delete clocks[`${label}`];
}

const dir = (value: unknown, options?: Partial<InspectOptions>): void =>
  write('info', () => show(value, { customInspect: false, ...options }));

function table(data: unknown, properties?: readonly string[]): void {
  if (properties !== undefined && !isArray(properties)) {
    const message = 'The "properties" argument must be an instance of Array.';
    throw nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
  }
  if (typeof data !== 'object' || data === null) {
    log(data);
    return;
  }
  const cell = (value: unknown, depth: number): string =>
    show(value, { depth, maxArrayLength: TABLE_ITEMS, breakLength: Number.POSITIVE_INFINITY });
  write('info', () => tableOf(data, properties, cell));
}

export const console = {
  log,
  warn,
  dir,
  time,
  timeEnd,
  timeLog,
  trace,
  assert,
  clear: (): void => undefined,
  count,
  countReset,
  group,
  groupEnd,
  table,
  debug: writer('debug'),
  info: log,
  dirxml: log,
  error,
  groupCollapsed: group,
};
