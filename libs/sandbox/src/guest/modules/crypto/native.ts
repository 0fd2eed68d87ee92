/** Calls of Node's own `crypto` in the host, and how values cross. */

import type { WireError } from '../../../bridge/operations.ts';
import { ask, createId, listen, request, toError, uncaught, unlisten } from '../../bridge.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import { validateFunction } from '../node-errors.ts';

type Callback = (error: unknown, ...values: unknown[]) => void;
/** A key as it crosses. */
export type WireKey = { readonly $key: string; readonly bytes: Uint8Array; readonly [field: string]: unknown };

/** Objects of the guest that cross as something else register how here. */
const crossings = new WeakMap<object, object>();
export const crossAs = (value: object, wire: object): void => void crossings.set(value, wire);
export const wireOf = (value: object): object | undefined => crossings.get(value);

const DEPTH_MAX = 6;

/** A value as it may cross: exact copies of bytes, known keys as what they are made from, functions by their names. */
export function crossing(value: unknown, depth = 0): unknown {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength));
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0));
  const wire = crossings.get(value);
  if (wire !== undefined) return wire;
  if (depth > DEPTH_MAX) return undefined;
  if (Array.isArray(value)) return value.map((item) => crossing(item, depth + 1));
  const parts: Record<string, unknown> = {};
  for (const key of Object.keys(value)) parts[key] = crossing((value as Record<string, unknown>)[key], depth + 1);
  return parts;
}

/** What came back: bytes become buffers. */
export function arrived(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

/** Calls a function of the host's `crypto` and returns what it gives. Throws Node's error or one of code QUOTA_EXCEEDED. */
export const callNative = (name: string, ...args: readonly unknown[]): unknown =>
  arrived(
    ask(
      'crypto',
      name,
      args.map((arg) => crossing(arg)),
    ),
  );

function startNative(question: string, name: string, args: readonly unknown[], done: Callback): void {
  const id = createId();
  listen(id, (type, value) => {
    unlisten(id);
    if (type === 'ok') done(null, value);
    else done(toError(value as WireError));
  });
  try {
    ask(
      question,
      id,
      name,
      args.map((arg) => crossing(arg)),
    );
  } catch (error) {
    unlisten(id);
    throw error;
  }
}

/** The same in the thread pool. What Node refuses at once is thrown at once; the rest goes to the callback. */
export function callNativeLater(name: string, args: readonly unknown[], callback: unknown): void {
  validateFunction(callback, 'callback');
  startNative('crypto.start', name, args, (error, values) => {
    const given = error === null ? [null, ...(values as unknown[]).map(arrived)] : [error];
    try {
      (callback as Callback)(...(given as [unknown]));
    } catch (thrown) {
      uncaught(thrown);
    }
  });
}

/** The same for callers that have to look at the values before the script does. */
export function whenNative(name: string, args: readonly unknown[], done: Callback): void {
  startNative('crypto.start', name, args, (error, values) => {
    if (error !== null) done(error);
    else done(null, ...(values as unknown[]));
  });
}

/** The same where nothing is thrown at once: the question goes with what else there is to say. */
export const promiseOfNative = async (name: string, args: readonly unknown[]): Promise<unknown> => {
  const crossed = args.map((arg) => crossing(arg));
  const [value] = (await request((id) => ['crypto', id, name, crossed])) as unknown[];
  return value;
};

/** A method of `webcrypto.subtle` in the host. */
export const callSubtle = (method: string, ...args: readonly unknown[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    startNative('crypto.subtle', method, args, (error, value) => (error === null ? resolve(value) : reject(error)));
  });

/** An object with a state that lies in the host: a cipher or a key exchange. */
export type NativeObject = {
  readonly verifyError: number | undefined;
  call(method: string, ...args: readonly unknown[]): unknown;
};

export function openNative(kind: string, ...args: readonly unknown[]): NativeObject {
  const crossed = args.map((arg) => crossing(arg));
  const { id, verifyError } = ask('crypto.open', kind, ...crossed) as { id: number; verifyError?: number };
  return {
    verifyError,
    call: (method, ...given) => arrived(ask('crypto.call', id, method, ...given.map((value) => crossing(value)))),
  };
}

/** Calls a callback as Node's asynchronous functions do: later, with nothing of the caller's on the stack. */
export const later = (callback: unknown, ...args: readonly unknown[]): void =>
  nextTick(callback as () => void, ...(args as []));
