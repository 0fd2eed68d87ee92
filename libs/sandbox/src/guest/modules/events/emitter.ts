/** `EventEmitter`: a function, as in Node, so that it can be called on objects of older classes. */
import { nextTick } from '../../ticks.ts';
import { invalidArgType, nodeError, outOfRange, validateFunction } from '../node-errors.ts';
import { core } from '../registry.ts';
import { runSetting } from '../run-setting.ts';

type Name = string | symbol;
type Listener = (...args: unknown[]) => unknown;
type Wrapped = Listener & { listener?: Listener };
type List = Wrapped[] & { warned?: boolean };

/** An emitter with its own fields, under Node's names: older libraries look at them. */
type Emitter = {
  _events: Record<Name, Wrapped | List | undefined> | undefined;
  _eventsCount: number;
  _maxListeners: number | undefined;
  [captures]: boolean;
  emit(name: Name, ...args: unknown[]): boolean;
  on(name: Name, listener: Listener): Emitter;
  removeListener(name: Name, listener: Listener): Emitter;
  removeAllListeners(name?: Name): Emitter;
  [onRejection]?: (error: unknown, name: Name, ...args: unknown[]) => void;
};

const captures: unique symbol = Symbol('kCapture');
export const onRejection: unique symbol = Symbol.for('nodejs.rejection') as never;
export const errorMonitor: unique symbol = Symbol('events.errorMonitor');

const maxListeners = runSetting(10);

export function validateCount(value: unknown, name: string): number {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!(value >= 0)) throw outOfRange(name, '>= 0', value);
  return value;
}

export function validateBoolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value);
  return value;
}

function init(this: Emitter, options?: { readonly captureRejections?: unknown }): void {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = Object.create(null);
    this._eventsCount = 0;
  }
  this._maxListeners ||= undefined;
  const asked = options?.captureRejections;
  this[captures] = asked
    ? validateBoolean(asked, 'options.captureRejections')
    : (EventEmitterFunction.prototype as Emitter)[captures];
}

export function EventEmitterFunction(this: Emitter, options?: { readonly captureRejections?: unknown }): void {
  init.call(this, options);
}
Object.defineProperty(EventEmitterFunction, 'name', { value: 'EventEmitter', configurable: true });

function emitRejection(emitter: Emitter, error: unknown, name: Name, args: readonly unknown[]): void {
  if (typeof emitter[onRejection] === 'function') {
    emitter[onRejection](error, name, ...args);
    return;
  }
  const before = emitter[captures];
  // What a listener of `error` rejects with must not come back here for ever.
  try {
    emitter[captures] = false;
    emitter.emit('error', error);
  } finally {
    emitter[captures] = before;
  }
}

function catchRejection(emitter: Emitter, promise: unknown, name: Name, args: readonly unknown[]): void {
  try {
    const then = (promise as PromiseLike<unknown>).then as unknown;
    if (typeof then !== 'function') return;
    then.call(promise, undefined, (error: unknown) => nextTick(() => emitRejection(emitter, error, name, args)));
  } catch (error) {
    emitter.emit('error', error);
  }
}

function throwUnhandled(error: unknown): never {
  if (error instanceof Error) throw error;
  let shown = error;
  try {
    shown = core.util.inspect(error);
  } catch {
    // What cannot be shown is put into the message as it is.
  }
  throw Object.assign(nodeError(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${String(shown)})`), {
    context: error,
  });
}

function call(emitter: Emitter, listener: Listener, name: Name, args: unknown[]): void {
  const result = listener.apply(emitter, args);
  if (result !== undefined && result !== null && emitter[captures]) catchRejection(emitter, result, name, args);
}

function emit(this: Emitter, name: Name, ...args: unknown[]): boolean {
  const events = this._events;
  if (name === 'error') {
    if (events?.[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
    if (events?.error === undefined) throwUnhandled(args[0]);
  }
  const listeners = events?.[name];
  if (listeners === undefined) return false;
  if (typeof listeners === 'function') call(this, listeners, name, args);
  else for (const listener of [...listeners]) call(this, listener, name, args);
  return true;
}

function warnOfMany(emitter: Emitter, name: Name, list: List): void {
  const max = emitter._maxListeners ?? maxListeners.get();
  if (!(max > 0 && list.length > max) || list.warned) return;
  list.warned = true;
  const kind = core.util.inspect(emitter, { depth: -1 });
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${list.length} ${String(name)} listeners added to ${kind}. MaxListeners is ${max}. Use emitter.setMaxListeners() to increase limit`,
  );
  core.process.emitWarning(
    Object.assign(warning, { name: 'MaxListenersExceededWarning', emitter, type: name, count: list.length }),
  );
}

function add(emitter: Emitter, name: Name, listener: Wrapped, first: boolean): Emitter {
  validateFunction(listener, 'listener');
  if (emitter._events === undefined) {
    emitter._events = Object.create(null);
    emitter._eventsCount = 0;
  } else if (emitter._events.newListener !== undefined) {
    emitter.emit('newListener', name, listener.listener ?? listener);
  }
  const events = emitter._events as NonNullable<Emitter['_events']>;
  const present = events[name];
  if (present === undefined) {
    events[name] = listener;
    emitter._eventsCount += 1;
    return emitter;
  }
  const list: List = typeof present === 'function' ? [present] : present;
  if (first) list.unshift(listener);
  else list.push(listener);
  events[name] = list;
  warnOfMany(emitter, name, list);
  return emitter;
}

const ONCE_NAME = 'bound onceWrapper';

function onceWrapper(emitter: Emitter, name: Name, listener: Listener): Wrapped {
  validateFunction(listener, 'listener');
  let fired = false;
  // Named by where it stands.
  const { [ONCE_NAME]: wrapped }: Record<typeof ONCE_NAME, Wrapped> = {
    'bound onceWrapper': (...args) => {
      if (fired) return undefined;
      fired = true;
      emitter.removeListener(name, wrapped);
      return listener.apply(emitter, args);
    },
  };
  wrapped.listener = listener;
  return wrapped;
}

function forget(emitter: Emitter, name: Name): void {
  emitter._eventsCount -= 1;
  if (emitter._eventsCount === 0) emitter._events = Object.create(null);
  else delete (emitter._events as NonNullable<Emitter['_events']>)[name];
}

function removeListener(this: Emitter, name: Name, listener: Listener): Emitter {
  validateFunction(listener, 'listener');
  const present = this._events?.[name];
  if (present === undefined) return this;
  const list: List = typeof present === 'function' ? [present] : present;
  const at = list.findLastIndex((one) => one === listener || one.listener === listener);
  if (at < 0) return this;
  const [removed] = list.splice(at, 1);
  if (list.length === 0) forget(this, name);
  else (this._events as NonNullable<Emitter['_events']>)[name] = list.length === 1 ? (list[0] as Wrapped) : list;
  if (this._events?.removeListener !== undefined) {
    this.emit('removeListener', name, removed?.listener ?? listener);
  }
  return this;
}

function removeAllListeners(this: Emitter, ...names: [Name?]): Emitter {
  const events = this._events;
  if (events === undefined) return this;
  const [name] = names;
  if (events.removeListener === undefined || (names.length > 0 && events[name as Name] === undefined)) {
    if (names.length === 0) {
      this._events = Object.create(null);
      this._eventsCount = 0;
    } else if (events[name as Name] !== undefined) forget(this, name as Name);
    return this;
  }
  if (names.length === 0) {
    for (const key of Reflect.ownKeys(events)) if (key !== 'removeListener') this.removeAllListeners(key);
    this.removeAllListeners('removeListener');
    return this;
  }
  for (const listener of listOf(this, name as Name).reverse()) this.removeListener(name as Name, listener);
  return this;
}

function listOf(emitter: Emitter, name: Name): Wrapped[] {
  const present = emitter._events?.[name];
  if (present === undefined) return [];
  return typeof present === 'function' ? [present] : [...present];
}

const methods = {
  setMaxListeners(this: Emitter, count: unknown): Emitter {
    this._maxListeners = validateCount(count, 'setMaxListeners');
    return this;
  },
  getMaxListeners(this: Emitter): number {
    return this._maxListeners ?? maxListeners.get();
  },
  emit,
  addListener(this: Emitter, name: Name, listener: Listener): Emitter {
    return add(this, name, listener, false);
  },
  on: undefined as unknown,
  prependListener(this: Emitter, name: Name, listener: Listener): Emitter {
    return add(this, name, listener, true);
  },
  once(this: Emitter, name: Name, listener: Listener): Emitter {
    return this.on(name, onceWrapper(this, name, listener));
  },
  prependOnceListener(this: Emitter, name: Name, listener: Listener): Emitter {
    return add(this, name, onceWrapper(this, name, listener), true);
  },
  removeListener,
  off: removeListener,
  removeAllListeners,
  listeners(this: Emitter, name: Name): Listener[] {
    return listOf(this, name).map((one) => one.listener ?? one);
  },
  rawListeners(this: Emitter, name: Name): Listener[] {
    return listOf(this, name);
  },
  listenerCount(this: Emitter, name: Name, listener?: Listener | null): number {
    const list = listOf(this, name);
    if (listener === undefined || listener === null) return list.length;
    return list.filter((one) => one === listener || one.listener === listener).length;
  },
  eventNames(this: Emitter): Name[] {
    return this._eventsCount > 0 && this._events ? Reflect.ownKeys(this._events) : [];
  },
};
methods.on = methods.addListener;

Object.assign(EventEmitterFunction.prototype, {
  _events: undefined,
  _eventsCount: 0,
  _maxListeners: undefined,
  ...methods,
});
Object.defineProperty(EventEmitterFunction.prototype, captures, { value: false, writable: true, enumerable: false });

Object.defineProperties(EventEmitterFunction, {
  defaultMaxListeners: {
    enumerable: true,
    get: maxListeners.get,
    set: (value: unknown) => {
      maxListeners.set(validateCount(value, 'defaultMaxListeners'));
    },
  },
  captureRejections: {
    enumerable: true,
    get: () => (EventEmitterFunction.prototype as Emitter)[captures],
    set: (value: unknown) => {
      (EventEmitterFunction.prototype as Emitter)[captures] = validateBoolean(value, 'EventEmitter.captureRejections');
    },
  },
  init: { value: init, writable: true, enumerable: true, configurable: true },
});
