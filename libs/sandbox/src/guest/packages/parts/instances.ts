import { getPrototypeOf } from '../../primordials.ts';

// biome-ignore lint/suspicious/noExplicitAny: each package is something else.
export type Package = any;

export const prototypesOf = (...instances: readonly unknown[]): unknown[] =>
  instances.map((instance) => getPrototypeOf(instance as object) as unknown);

/** For what is begun only to see what it is made of. */
export const neverMind = (end: Promise<unknown>): void => void end.catch(() => undefined);
