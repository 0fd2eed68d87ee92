/** Adding to the driver's classes without changing what they do for scripts of today. */

export type Method = (this: object, ...args: unknown[]) => unknown;

/** Puts another function in a method's place, under the same name and with the same length. */
export function replaceMethod(target: object, name: string, make: (original: Method) => Method): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  if (typeof descriptor?.value !== 'function') return;
  const original = descriptor.value as Method;
  const value = make(original);
  Object.defineProperty(value, 'name', { value: original.name, configurable: true });
  Object.defineProperty(value, 'length', { value: original.length, configurable: true });
  Object.defineProperty(target, name, { ...descriptor, value });
}

/** Adds methods that the class does not have. */
export function addMethods(target: object, methods: Readonly<Record<string, Method>>): void {
  for (const [name, value] of Object.entries(methods)) {
    if (name in target) continue;
    Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

/** Fields that a script of today does not see unless it asks for them by name. */
export function hide<T>(target: T, fields: Readonly<Record<string, unknown>>): T {
  if (typeof target !== 'object' || target === null) return target;
  for (const [name, value] of Object.entries(fields)) {
    if (Object.hasOwn(target, name)) continue;
    Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  }
  return target;
}
