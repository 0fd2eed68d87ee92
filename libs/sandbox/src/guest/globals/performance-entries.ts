/** `PerformanceMark` and `PerformanceMeasure`, and the list of them, which ends with the run. */
import { undoAtEnd } from '../at-end.ts';
import { nodeError, validateNumber, validateObject } from '../modules/node-errors.ts';
import { DOMException } from './events.ts';
import { now } from './performance.ts';
import { structuredClone } from './structured-clone.ts';

type Facts = {
  readonly entryType: string;
  readonly startTime: number;
  readonly duration: number;
  readonly detail: unknown;
};
type MarkOptions = { readonly startTime?: unknown; readonly detail?: unknown };
type MeasureOptions = MarkOptions & { readonly start?: unknown; readonly end?: unknown; readonly duration?: unknown };

const inspectAs: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;
/** What is made next: the classes cannot be called by scripts. */
let made: Facts | undefined;
let entries: PerformanceEntry[] = [];
undoAtEnd(() => {
  entries = [];
  // It is left where a script has put another class in the place of the one that takes it.
  made = undefined;
});

export class PerformanceEntry {
  readonly #name: string;
  readonly #facts: Facts;
  constructor(name: string) {
    if (made === undefined) throw nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    this.#name = name;
    this.#facts = made;
    made = undefined;
  }
  get name(): string {
    return this.#name;
  }
  get entryType(): string {
    return this.#facts.entryType;
  }
  get startTime(): number {
    return this.#facts.startTime;
  }
  get duration(): number {
    return this.#facts.duration;
  }
  toJSON(): object {
    const { name, entryType, startTime, duration } = this;
    return { name, entryType, startTime, duration, detail: this.#facts.detail };
  }
  [inspectAs](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return `${this.constructor.name} ${inspect(this.toJSON(), options)}`;
  }
  get [Symbol.toStringTag](): string {
    return this.constructor.name;
  }
  static detailOf(entry: PerformanceEntry): unknown {
    return entry.#facts.detail;
  }
}

/** Kept here and taken off the class: not every entry of Node's has one. */
const { detailOf } = PerformanceEntry;
Reflect.deleteProperty(PerformanceEntry, 'detailOf');

const cloned = (detail: unknown): unknown =>
  detail === undefined || detail === null ? null : structuredClone(detail, undefined);

const missing = (name: string): Error =>
  nodeError(TypeError, 'ERR_MISSING_ARGS', `The "${name}" argument must be specified`);

function validTime(time: unknown): number {
  if ((time as number) >= 0) return time as number;
  throw nodeError(TypeError, 'ERR_PERFORMANCE_INVALID_TIMESTAMP', `${time} is not a valid timestamp`);
}

export class PerformanceMark extends PerformanceEntry {
  constructor(...args: readonly [name?: unknown, options?: MarkOptions | null]) {
    if (args.length === 0) throw missing('name');
    const name = `${args[0]}`;
    const options = args[1] ?? {};
    validateObject(options, 'options');
    const startTime = options.startTime ?? now();
    validateNumber(startTime, 'startTime');
    made = { entryType: 'mark', startTime: validTime(startTime), duration: 0, detail: cloned(options.detail) };
    super(name);
  }
  get detail(): unknown {
    return detailOf(this);
  }
}
Object.defineProperty(PerformanceMark, 'length', { value: 1 });

export class PerformanceMeasure extends PerformanceEntry {
  get detail(): unknown {
    return detailOf(this);
  }
}
Object.defineProperty(PerformanceMeasure, 'length', { value: 0 });

/** A time, or that of the last mark of the name. */
function timeOf(mark: unknown): number {
  if (typeof mark === 'number') return validTime(mark);
  const name = `${mark}`;
  const found = entries.findLast((entry) => entry.entryType === 'mark' && entry.name === name);
  if (found === undefined) throw new DOMException(`The "${name}" performance mark has not been set`, 'SyntaxError');
  return found.startTime;
}

const invalidOptions = (message: string): Error =>
  nodeError(TypeError, 'ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS', message);

function spanOf(from: unknown, endMark: unknown): readonly [start: number, end: number] {
  const given = (typeof from === 'object' ? from : {}) as MeasureOptions;
  const { start, end, duration } =
    given.start === undefined && given.end === undefined ? ({} as MeasureOptions) : given;
  const isPlaced = start !== undefined || end !== undefined;
  if (isPlaced && endMark !== undefined) throw invalidOptions('endMark must not be specified');
  if (start !== undefined && end !== undefined && duration !== undefined) {
    throw invalidOptions('Must not have options.start, options.end, and options.duration specified');
  }
  const length = duration === undefined ? 0 : timeOf(duration);
  const isByLength = start !== undefined && duration !== undefined;
  const to = endMark ?? end;
  const last = to !== undefined ? timeOf(to) : isByLength ? timeOf(start) + length : now();
  if (typeof from === 'string') return [timeOf(from), last];
  if (start !== undefined) return [timeOf(start), last];
  return [duration === undefined ? 0 : last - length, last];
}

function keep<T extends PerformanceEntry>(entry: T): T {
  entries.push(entry);
  return entry;
}

function measure(...args: readonly [name?: unknown, from?: unknown, endMark?: unknown]): PerformanceMeasure {
  if (args.length === 0) throw missing('name');
  const name = `${args[0]}`;
  const from = args[1] ?? 0;
  const [start, end] = spanOf(from, args[2]);
  const detail = cloned((from as MeasureOptions).detail);
  made = { entryType: 'measure', startTime: start, duration: end - start, detail };
  return keep(new PerformanceMeasure(name));
}

const inOrder = (found: readonly PerformanceEntry[]): PerformanceEntry[] =>
  found.toSorted((one, other) => one.startTime - other.startTime);

function clear(entryType: string, name: unknown): void {
  const only = name === undefined ? undefined : `${name}`;
  entries = entries.filter((entry) => entry.entryType !== entryType || (only !== undefined && entry.name !== only));
}

/** Methods of `performance`. */
export const timeline = {
  mark: (...args: readonly [name?: unknown, options?: MarkOptions | null]) => keep(new PerformanceMark(...args)),
  measure,
  getEntries: () => inOrder(entries),
  getEntriesByName(...args: readonly [name?: unknown, type?: unknown]) {
    if (args.length === 0) throw missing('name');
    const [name, type] = [`${args[0]}`, args[1]];
    return inOrder(entries.filter((entry) => entry.name === name && (type === undefined || entry.entryType === type)));
  },
  getEntriesByType(...args: readonly [type?: unknown]) {
    if (args.length === 0) throw missing('type');
    return inOrder(entries.filter((entry) => entry.entryType === `${args[0]}`));
  },
  clearMarks: (name?: unknown) => clear('mark', name),
  clearMeasures: (name?: unknown) => clear('measure', name),
};
