/** The promising form of a function that takes a callback, as `util.promisify` looks for it. */
export const PROMISING_FORM = Symbol.for('nodejs.util.promisify.custom');

/** Tells of a function's promising form, which is its own. */
export function promisesBy(original: object, custom: object): void {
  Object.defineProperty(original, PROMISING_FORM, { value: custom });
  Object.defineProperty(custom, PROMISING_FORM, { value: custom, configurable: true });
}
