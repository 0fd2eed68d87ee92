/**
 * Takes away what no script needs and what the isolate's memory limit does not see: shared and resizable buffers and
 * WebAssembly memories grew by gigabytes past the limit when measured.
 */
import { construct, defineProperty, NativeArrayBuffer } from './primordials.ts';

const DENIED_GLOBALS = ['WebAssembly', 'SharedArrayBuffer', 'Atomics'] as const;
const DENIED_BUFFER_METHODS = ['resize', 'resizable', 'maxByteLength'] as const;

/** An `ArrayBuffer` whose options argument, and with it `maxByteLength`, is never looked at. */
function createFixedArrayBuffer(): typeof ArrayBuffer {
  const fixed = function (this: unknown, length?: unknown): unknown {
    if (!new.target) throw new TypeError("Constructor ArrayBuffer requires 'new'");
    return construct(NativeArrayBuffer, [length], (new.target as unknown) === fixed ? NativeArrayBuffer : new.target);
  } as unknown as typeof ArrayBuffer;
  const species = { get: (): unknown => fixed, configurable: true };
  defineProperty(fixed, 'name', { value: 'ArrayBuffer', configurable: true });
  defineProperty(fixed, 'prototype', { value: NativeArrayBuffer.prototype, writable: false });
  defineProperty(fixed, 'isView', { value: NativeArrayBuffer.isView, writable: true, configurable: true });
  defineProperty(fixed, Symbol.species, species);
  return fixed;
}

/** Its callbacks would run when the engine likes, between runs too, with no run's limits around them: none is ever called. */
function silenceFinalization(): void {
  const register = { value: function register(): void {}, writable: true, configurable: true };
  defineProperty(FinalizationRegistry.prototype, 'register', register);
}

export function lockDown(): void {
  silenceFinalization();
  for (const name of DENIED_GLOBALS) Reflect.deleteProperty(globalThis, name);
  for (const name of DENIED_BUFFER_METHODS) Reflect.deleteProperty(NativeArrayBuffer.prototype, name);
  const fixed = createFixedArrayBuffer();
  const plain = { value: fixed, writable: true, enumerable: false, configurable: true };
  defineProperty(NativeArrayBuffer.prototype, 'constructor', plain);
  defineProperty(globalThis, 'ArrayBuffer', plain);
}
