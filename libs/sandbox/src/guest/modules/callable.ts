type Class = abstract new (...args: never[]) => object;

/**
 * A class that may be called without `new`, as many of Node's older ones may. It is a function with the class's
 * prototype, so that `instanceof` holds for both; its name is given because a bundler may have changed the class's.
 */
export function callable<T extends Class>(name: string, plain: T): T {
  function make(this: unknown, ...args: unknown[]): object {
    return Reflect.construct(plain as never, args, new.target ?? plain) as object;
  }
  make.prototype = plain.prototype as object;
  Object.defineProperty(make, 'name', { value: name, configurable: true });
  Object.defineProperty(make.prototype, 'constructor', { value: make, writable: true, configurable: true });
  return Object.setPrototypeOf(make, plain) as T;
}
