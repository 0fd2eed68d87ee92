/** `util.types`. */
import { isArrayBufferView } from '../../primordials.ts';
import { proxyDetails } from '../../proxies.ts';
import { core } from '../registry.ts';
import * as kinds from './kinds.ts';

const TYPED_ARRAYS = [
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const;

const ofTypedArrays = Object.fromEntries(
  TYPED_ARRAYS.map((name) => [`is${name}`, (value: unknown) => kinds.typedArrayKind(value) === name]),
);

const isInstance = (value: unknown, make: unknown): boolean =>
  typeof make === 'function' && kinds.isObject(value) && value instanceof make;

export const types = {
  isExternal: () => false,
  isDate: kinds.isDate,
  isArgumentsObject: kinds.isArgumentsObject,
  isBigIntObject: kinds.isBigIntObject,
  isBooleanObject: kinds.isBooleanObject,
  isNumberObject: kinds.isNumberObject,
  isStringObject: kinds.isStringObject,
  isSymbolObject: kinds.isSymbolObject,
  isBoxedPrimitive: kinds.isBoxedPrimitive,
  isNativeError: kinds.isNativeError,
  isRegExp: kinds.isRegExp,
  isAsyncFunction: kinds.isAsyncFunction,
  isGeneratorFunction: kinds.isGeneratorFunction,
  isGeneratorObject: kinds.isGeneratorObject,
  isPromise: kinds.isPromise,
  isMap: kinds.isMap,
  isSet: kinds.isSet,
  isMapIterator: kinds.isMapIterator,
  isSetIterator: kinds.isSetIterator,
  isWeakMap: kinds.isWeakMap,
  isWeakSet: kinds.isWeakSet,
  isArrayBuffer: kinds.isArrayBuffer,
  isDataView: kinds.isDataView,
  isSharedArrayBuffer: () => false,
  isProxy: (value: unknown) => kinds.isObject(value) && proxyDetails(value) !== undefined,
  isModuleNamespaceObject: () => false,
  isAnyArrayBuffer: kinds.isArrayBuffer,
  isArrayBufferView,
  isTypedArray: (value: unknown) => kinds.typedArrayKind(value) !== undefined,
  ...ofTypedArrays,
  isKeyObject: (value: unknown) => isInstance(value, core.crypto.KeyObject),
  isCryptoKey: (value: unknown) => isInstance(value, (core.crypto.webcrypto as { CryptoKey?: unknown }).CryptoKey),
};
