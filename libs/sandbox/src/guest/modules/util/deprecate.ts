/** `util.deprecate` and `util.debuglog`: what Node writes to its error stream goes to the run's log. */
import { emit, isFull } from '../../globals/console/run-log.ts';
import { invalidArgType, validateString } from '../node-errors.ts';
import { core } from '../registry.ts';

type Callable = (this: unknown, ...args: unknown[]) => unknown;
type DebugLog = ((...args: unknown[]) => void) & { readonly enabled: boolean };

const warned = new Set<string>();

/** Between runs: the next one is told again. */
export const forgetWarnings = (): void => warned.clear();

/** Tells of a deprecation once in a run: to who listens to `process`, and in the run's log. */
export function warnOnce(message: string, code: string | undefined, state = { isWarned: false }): void {
  if (state.isWarned || (code !== undefined && warned.has(code))) return;
  state.isWarned = true;
  if (code !== undefined) warned.add(code);
  core.process.emitWarning(message, 'DeprecationWarning', code);
  if (!isFull()) emit('warn', `${code === undefined ? '' : `[${code}] `}DeprecationWarning: ${message}`);
}

export function deprecate(original: Callable, message: string, code?: string): Callable {
  if (code !== undefined) validateString(code, 'code');
  const state = { isWarned: false };
  function deprecated(this: unknown, ...args: unknown[]): unknown {
    warnOnce(message, code, state);
    return new.target ? Reflect.construct(original, args, new.target) : original.apply(this, args);
  }
  Object.setPrototypeOf(deprecated, original);
  if (original.prototype) deprecated.prototype = original.prototype;
  Object.defineProperty(deprecated, 'length', { value: original.length, configurable: true });
  return deprecated;
}

/** Scripts have no `NODE_DEBUG`: nothing is ever written. */
export function debuglog(_section: string, callback?: (log: DebugLog) => void): DebugLog {
  let isTold = false;
  const log = (): void => {
    if (!isTold) callback?.(made);
    isTold = true;
  };
  const made = Object.defineProperty(log, 'enabled', {
    get: () => false,
    configurable: true,
    enumerable: true,
  }) as DebugLog;
  return made;
}

export function inherits(child: unknown, parent: unknown): void {
  if (child === undefined || child === null) throw invalidArgType('ctor', 'of type function', child);
  if (parent === undefined || parent === null) throw invalidArgType('superCtor', 'of type function', parent);
  const { prototype } = parent as { prototype?: object };
  if (prototype === undefined) throw invalidArgType('superCtor.prototype', 'of type object', prototype);
  Object.defineProperty(child, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf((child as { prototype: object }).prototype, prototype);
}
