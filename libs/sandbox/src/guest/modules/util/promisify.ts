/** Callbacks into promises and promises into callbacks. */
import { nextTick } from '../../ticks.ts';
import { nodeError, validateFunction } from '../node-errors.ts';
import { PROMISING_FORM } from '../promising-form.ts';
import { getOwnPropertyDescriptors, setPrototypeOf } from './intrinsics.ts';

type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** By this, functions whose callback takes several values name them. */
const CALLBACK_NAMES = Symbol('customPromisifyArgs');

function copyProperties(made: Callable, original: Callable): Callable {
  setPrototypeOf(made, Object.getPrototypeOf(original));
  Object.defineProperty(made, PROMISING_FORM, { value: made, enumerable: false, writable: false, configurable: true });
  return Object.defineProperties(made, getOwnPropertyDescriptors(original)) as Callable;
}

function customOf(original: Callable): Callable | undefined {
  const custom = (original as unknown as Record<symbol, unknown>)[PROMISING_FORM];
  if (!custom) return undefined;
  validateFunction(custom, 'util.promisify.custom');
  // Those of Node's own modules are their own already: what serves later runs is not touched.
  if ((custom as unknown as Record<symbol, unknown>)[PROMISING_FORM] !== custom)
    Object.defineProperty(custom, PROMISING_FORM, {
      value: custom,
      enumerable: false,
      writable: false,
      configurable: true,
    });
  return custom as Callable;
}

function promisify(original: Callable): Callable {
  validateFunction(original, 'original');
  const custom = customOf(original);
  if (custom !== undefined) return custom;
  const names = (original as unknown as Record<symbol, unknown>)[CALLBACK_NAMES] as readonly string[] | undefined;
  const made: Callable = function (...args) {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, ...values: unknown[]): void => {
        if (error) reject(error);
        else if (names !== undefined && values.length > 1) {
          resolve(Object.fromEntries(names.map((name, i) => [name, values[i]])));
        } else resolve(values[0]);
      };
      original.call(this, ...args, done);
    });
  };
  return copyProperties(made, original);
}
Object.assign(promisify, { custom: PROMISING_FORM });

/** No error is falsy for a callback: a reason that is gets wrapped. */
function rejectTo(callback: Callable, reason: unknown): void {
  if (reason) {
    callback(reason);
    return;
  }
  const error = nodeError(Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value');
  callback(Object.assign(error, { reason }));
}

function callbackify(original: Callable): Callable {
  validateFunction(original, 'original');
  const made: Callable = function (...args) {
    const given = args.pop();
    validateFunction(given, 'last argument');
    const callback = (given as Callable).bind(this);
    (original.apply(this, args) as Promise<unknown>).then(
      (value) => nextTick(callback, null, value),
      (reason) => nextTick(() => rejectTo(callback, reason)),
    );
  };
  const own = getOwnPropertyDescriptors(original) as Record<string, PropertyDescriptor>;
  if (typeof own.length?.value === 'number') own.length.value += 1;
  if (typeof own.name?.value === 'string') own.name.value += 'Callbackified';
  return Object.defineProperties(made, own) as Callable;
}

export { callbackify, promisify };
