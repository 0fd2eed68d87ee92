/** `structuredClone`: what it copies, refuses and says as in Node; V8's own needs a serializer, which an isolate has not. */

import { nodeError } from '../modules/node-errors.ts';
import { uncurry } from '../modules/util/intrinsics.ts';
import { isArrayBuffer, isObject } from '../modules/util/kinds.ts';
import { isArray } from '../primordials.ts';
import { copyOf, isDetached } from './structured-clone/copying.ts';
import { cloneError } from './structured-clone/refusal.ts';

const NativeMap = Map;
const { prototype } = ArrayBuffer as unknown as { prototype: { transfer(length: number): ArrayBuffer } };
/** Leaves nothing of the memory behind. */
const detach: (self: ArrayBuffer, length: number) => ArrayBuffer = uncurry(prototype.transfer);

const refused = (what: string): Error =>
  Object.assign(new TypeError(`Failed to execute 'structuredClone': ${what}`), { code: 'ERR_INVALID_ARG_TYPE' });

function transferOf(options: unknown): unknown[] {
  if (options === undefined || options === null) return [];
  if (!isObject(options)) throw refused('Options cannot be converted to a dictionary');
  const { transfer } = options as { readonly transfer?: unknown };
  if (transfer === undefined) return [];
  const isList = isObject(transfer) && typeof (transfer as Iterable<unknown>)[Symbol.iterator] === 'function';
  if (!isList) throw refused('transfer in Options cannot be converted to sequence.');
  return isArray(transfer) ? transfer : [...(transfer as Iterable<unknown>)];
}

/** Buffers alone can be transferred here: there are no ports and no threads. */
function buffersIn(list: readonly unknown[]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (let i = 0; i < list.length; i++) {
    const one = list[i];
    if (!isObject(one)) throw refused(`transfer in Options[${i}] is not an object.`);
    if (!isArrayBuffer(one)) throw cloneError('Found invalid value in transferList.');
    for (let n = 0; n < i; n++) {
      if (buffers[n] === one) throw cloneError('Transfer list contains duplicate ArrayBuffer');
    }
    buffers[i] = one;
  }
  for (let i = 0; i < buffers.length; i++) {
    if (isDetached(buffers[i] as ArrayBuffer)) throw cloneError('Cannot transfer object of unsupported type.');
  }
  return buffers;
}

/** A buffer that is transferred is copied first, so that it is still there when something else cannot be. */
export function structuredClone(value: unknown, options: unknown): unknown {
  // biome-ignore lint/complexity/noArguments: undefined is a value, and a rest parameter would change the length.
  if (arguments.length === 0) {
    // Node's own words.
    const message = 'The "The value argument must be specified" argument must be specified';
    throw nodeError(TypeError, 'ERR_MISSING_ARGS', message);
  }
  const buffers = buffersIn(transferOf(options));
  const copy = copyOf(value, new NativeMap());
  for (let i = 0; i < buffers.length; i++) detach(buffers[i] as ArrayBuffer, 0);
  return copy;
}
