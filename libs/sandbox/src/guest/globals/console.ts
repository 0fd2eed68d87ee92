/** `console`: lines for the run's log, formatted as Node does, within a budget. */
import { send } from '../bridge.ts';
import { core } from '../modules/registry.ts';
import { dateNow, slice } from '../primordials.ts';

const LINES_MAX = 200;
const TEXT_MAX = 64 * 1024;
const LINE_MAX = 8 * 1024;

type Level = 'debug' | 'info' | 'warn' | 'error';

let startedAtMs = 0;
let lines = 0;
let characters = 0;
let dropped = 0;
let indent = '';
let counts: Record<string, number> = {};
let clocks: Record<string, number> = {};

function emit(level: Level, text: string): void {
  if (lines >= LINES_MAX - 1 || characters >= TEXT_MAX) {
    dropped += 1;
    return;
  }
  const room = Math.min(LINE_MAX, TEXT_MAX - characters);
  const line = text.length > room ? `${slice(text, 0, room)}…` : text;
  lines += 1;
  characters += line.length;
  send(['log', level, line, dateNow() - startedAtMs], line.length);
}

function format(args: readonly unknown[]): string {
  try {
    return core.util.format(...args);
  } catch {
    return '[a value that cannot be shown]';
  }
}

const write =
  (level: Level) =>
  (...args: unknown[]): void => {
    if (lines >= LINES_MAX - 1 || characters >= TEXT_MAX) dropped += 1;
    else emit(level, indent + format(args));
  };

const log = write('info');
const warn = write('warn');

/** Begins a run's budget. */
export function startLog(): void {
  startedAtMs = dateNow();
  lines = 0;
  characters = 0;
  dropped = 0;
  indent = '';
  counts = {};
  clocks = {};
}

/** Says how much did not fit, if anything. */
export function endLog(): void {
  if (dropped === 0) return;
  const text = `${dropped} more ${dropped === 1 ? 'line was' : 'lines were'} dropped: a run may log ${LINES_MAX} lines and ${TEXT_MAX / 1024} KiB`;
  send(['log', 'warn', text, dateNow() - startedAtMs]);
}

const elapsed = (label: string): string => `${label}: ${dateNow() - (clocks[label] ?? dateNow())}ms`;

export const console = {
  log,
  info: log,
  dir: (value: unknown) => log(value),
  dirxml: log,
  table: log,
  debug: write('debug'),
  warn,
  error: write('error'),
  trace: (...args: unknown[]) => write('error')('Trace:', ...args),
  assert: (condition?: unknown, ...args: unknown[]) => {
    if (!condition) warn('Assertion failed', ...args);
  },
  group: (...args: unknown[]) => {
    if (args.length > 0) log(...args);
    if (indent.length < 40) indent += '  ';
  },
  groupCollapsed: (...args: unknown[]) => console.group(...args),
  groupEnd: () => {
    indent = indent.slice(2);
  },
  count: (label = 'default') => {
    counts[label] = (counts[label] ?? 0) + 1;
    log(`${label}: ${counts[label]}`);
  },
  countReset: (label = 'default') => {
    counts[label] = 0;
  },
  time: (label = 'default') => {
    clocks[label] = dateNow();
  },
  timeLog: (label = 'default', ...args: unknown[]) => log(elapsed(label), ...args),
  timeEnd: (label = 'default') => log(elapsed(label)),
};
