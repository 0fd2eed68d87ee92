/** Which globals make their value when they are first touched, and which of them have: as plain properties from then on. */
import { create, getOwnPropertyDescriptor, is, objectKeys } from '../primordials.ts';

/** By name: what the property is read by while there is no value. */
export const getters: Record<string, () => unknown> = create(null);
/** By name: the values that were made. */
export const made: Record<string, unknown> = create(null);

export const isLazyGlobal = (name: unknown): boolean => typeof name === 'string' && name in getters;

/** Whether every lazy global is what it was or what it became by itself: a script may set them, but only for its run. */
export function lazyGlobalsAreIntact(): boolean {
  const names = objectKeys(getters);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const property = getOwnPropertyDescriptor(globalThis, name);
    if (property === undefined) return false;
    if (property.get !== undefined ? property.get !== getters[name] : !(name in made && is(property.value, made[name])))
      return false;
  }
  return true;
}
