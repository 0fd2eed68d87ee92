/** `util`: the npm package plus what Node has and it lacks. */
import * as base from 'util/';
import { core } from './registry.ts';

const ESCAPE = String.fromCharCode(27);
const { inspect } = base;
const customInspect = Symbol.for('nodejs.util.inspect.custom');
if (!('custom' in inspect)) Object.assign(inspect, { custom: customInspect });

function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  try {
    const assert: typeof import('node:assert') = core.assert;
    assert.deepStrictEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

const types = {
  ...base.types,
  isProxy: () => false,
  isUint8Array: (value: unknown) => value instanceof Uint8Array,
  isDate: (value: unknown) => Object.prototype.toString.call(value) === '[object Date]',
  isRegExp: (value: unknown) => Object.prototype.toString.call(value) === '[object RegExp]',
  isNativeError: (value: unknown) => value instanceof Error,
};

export const util = {
  ...base,
  inspect,
  types,
  isDeepStrictEqual,
  TextEncoder: globalThis.TextEncoder,
  TextDecoder: globalThis.TextDecoder,
  debug: base.debuglog,
  stripVTControlCharacters: (text: string) => {
    return String(text).replace(new RegExp(`${ESCAPE}\\[[0-9;]*[A-Za-z]`, 'g'), '');
  },
  toUSVString: (text: string) => String(text).toWellFormed(),
};
