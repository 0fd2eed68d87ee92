/** `DataCloneError`, in V8's words, and what it is for. */

import {
  errorToString,
  functionToString,
  hasInstance,
  objectToString,
  slice,
  symbolToString,
} from '../../modules/util/intrinsics.ts';
import { isArray } from '../../primordials.ts';
import { proxyDetails } from '../../proxies.ts';
import { DOMException } from '../events.ts';

const SOURCE_MAX = 128;
const SOURCE_START = 111;

const plainToString = Object.prototype.toString;
const NativeError = Error;

export const cloneError = (message: string): DOMException => new DOMException(message, 'DataCloneError');

function sourceOf(value: unknown): string {
  const text = functionToString(value);
  if (text.length <= SOURCE_MAX) return text;
  return `${slice(text, 0, SOURCE_START)}...<omitted>...${slice(text, text.length - 2)}`;
}

type Named = { readonly toString?: unknown; readonly constructor?: { readonly name?: unknown } };

/** As V8 shows a value in its errors. */
function shown(value: unknown): string {
  if (typeof value === 'symbol') return symbolToString(value);
  if (typeof value === 'function') return sourceOf(value);
  const proxied = proxyDetails(value as object);
  if (proxied !== undefined) return isArray(proxied.target) ? '[object Array]' : '#<Object>';
  if (hasInstance(NativeError, value)) return errorToString(value);
  const { toString: own, constructor: made } = value as Named;
  const name =
    own === plainToString && typeof made === 'function' ? (made as { readonly name?: unknown }).name : undefined;
  return typeof name === 'string' && name !== '' ? `#<${name}>` : objectToString(value);
}

export const cannotClone = (value: unknown): DOMException => cloneError(`${shown(value)} could not be cloned.`);
