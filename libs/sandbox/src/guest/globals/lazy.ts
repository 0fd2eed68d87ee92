/** Globals whose value is made when they are first touched; from then on they are plain properties. */
import { evaluating } from '../integrity/built-ins.ts';
import { keepModule } from '../integrity/modules.ts';
import { turnTripwiresOff } from '../integrity/tripwires.ts';
import { core } from '../modules/registry.ts';
import { loadWeb } from '../packages/registry.ts';
import { create, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, is, objectKeys } from '../primordials.ts';
import { refuseToClone } from '../uncloneable.ts';

declare function require(path: string): unknown;

type Make = () => unknown;

const blobs = () => require('./blob.ts') as typeof import('./blob.ts');

const timing = () => require('./performance-entries.ts') as typeof import('./performance-entries.ts');
const cloning = () => require('./structured-clone.ts') as typeof import('./structured-clone.ts');

const FETCH = ['fetch', 'FormData', 'Headers', 'Request', 'Response'];
const STREAMS = [
  ...['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader', 'ReadableStreamBYOBRequest'],
  ...['ReadableByteStreamController', 'ReadableStreamDefaultController', 'WritableStream'],
  ...['WritableStreamDefaultController', 'WritableStreamDefaultWriter', 'TransformStream'],
  ...['TransformStreamDefaultController', 'ByteLengthQueuingStrategy', 'CountQueuingStrategy'],
  ...['TextEncoderStream', 'TextDecoderStream', 'CompressionStream', 'DecompressionStream'],
];

const from = (module: string, names: readonly string[]): Record<string, Make> =>
  Object.fromEntries(names.map((name) => [name, () => (loadWeb(module) as Record<string, unknown>)[name]]));

/** What is loaded with one of them may come by another way than its global. */
function fromFetch(name: string): unknown {
  const module = loadWeb('#web') as Record<string, unknown>;
  for (let i = 0; i < FETCH.length; i++) {
    const each = FETCH[i] as string;
    if (each !== 'fetch') refuseToClone(module[each] as { prototype: object });
  }
  return module[name];
}

const NativeIntl = Intl;

/** Its old constructors put a hidden property on what they are called on. */
function intl(): typeof Intl {
  turnTripwiresOff();
  const segments = new NativeIntl.Segmenter().segment('');
  keepModule([getPrototypeOf(segments), getPrototypeOf(segments[Symbol.iterator]())]);
  return NativeIntl;
}

const MAKERS: Readonly<Record<string, Make>> = {
  Intl: intl,
  URL: () => core.whatwgUrl.URL,
  URLSearchParams: () => core.whatwgUrl.URLSearchParams,
  structuredClone: () => cloning().structuredClone,
  crypto: () => core.crypto.webcrypto,
  PerformanceEntry: () => timing().PerformanceEntry,
  PerformanceMark: () => timing().PerformanceMark,
  PerformanceMeasure: () => timing().PerformanceMeasure,
  Blob: () => blobs().Blob,
  File: () => blobs().File,
  ...Object.fromEntries(FETCH.map((name) => [name, () => fromFetch(name)])),
  ...from('#web-streams', STREAMS),
};

/** What `require('stream/web')` gives. */
export const streamWeb = (): unknown => Object.fromEntries(STREAMS.map((name) => [name, globals[name]]));
const globals = globalThis as unknown as Readonly<Record<string, unknown>>;

const getters: Record<string, Make> = create(null);
const made: Record<string, unknown> = create(null);

/** Bundling renames classes that have the name of a global or speak of themselves. */
export function restoreName(name: string, value: unknown): void {
  if (typeof value !== 'function' || value.name === name) return;
  defineProperty(value, 'name', { value: name, configurable: true });
}

export function defineGlobal(name: string, value: unknown): void {
  defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
}

/** What a lazy global stands for, whether or not a script has put something in its place. */
export function lazyValue(name: string): unknown {
  if (!(name in made))
    evaluating(() => {
      const value = (MAKERS[name] as Make)();
      restoreName(name, value);
      keepModule(value);
      made[name] = value;
    });
  return made[name];
}

function defineLazy(name: string): void {
  const get = (): unknown => {
    const value = lazyValue(name);
    defineGlobal(name, value);
    return value;
  };
  getters[name] = get;
  defineProperty(globalThis, name, {
    enumerable: false,
    configurable: true,
    get,
    set: (value: unknown) => defineGlobal(name, value),
  });
}

export function installLazyGlobals(): void {
  for (const name of Object.keys(MAKERS)) defineLazy(name);
}

export const isLazyGlobal = (name: unknown): boolean => typeof name === 'string' && name in getters;

/** Whether every lazy global is what it was or what it became by itself: a script may set them, but only for its run. */
export function lazyGlobalsAreIntact(): boolean {
  const names = objectKeys(getters);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const property = getOwnPropertyDescriptor(globalThis, name);
    if (property === undefined) return false;
    if (property.get !== undefined ? property.get !== getters[name] : !(name in made && is(property.value, made[name])))
      return false;
  }
  return true;
}
