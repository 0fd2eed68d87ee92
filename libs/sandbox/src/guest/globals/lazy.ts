/** Globals whose value is made when they are first touched; from then on they are plain properties. */
import { keepModule } from '../integrity/modules.ts';
import { turnTripwiresOff } from '../integrity/tripwires.ts';
import { core } from '../modules/registry.ts';
import { loadWeb } from '../packages/registry.ts';
import { defineProperty, getPrototypeOf } from '../primordials.ts';
import { refuseToClone } from '../uncloneable.ts';
import { getters } from './lazy-state.ts';
import { lazyValue, type Make, makers } from './lazy-value.ts';

declare function require(path: string): unknown;

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

export function defineGlobal(name: string, value: unknown): void {
  defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
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
  Object.assign(makers, MAKERS);
  for (const name of Object.keys(MAKERS)) defineLazy(name);
}
