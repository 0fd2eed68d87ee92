import { evaluating } from '../integrity/built-ins.ts';
import { keepModule } from '../integrity/modules.ts';
import { create, defineProperty } from '../primordials.ts';
import { made } from './lazy-state.ts';

export type Make = () => unknown;

/** By name; `lazy.ts` has them. Whoever needs a value (streams do) is needed by the packages that some are made from. */
export const makers: Record<string, Make> = create(null);

/** Bundling renames classes that have the name of a global or speak of themselves. */
export function restoreName(name: string, value: unknown): void {
  if (typeof value !== 'function' || value.name === name) return;
  defineProperty(value, 'name', { value: name, configurable: true });
}

/** What a lazy global stands for, whether or not a script has put something in its place. */
export function lazyValue(name: string): unknown {
  if (!(name in made))
    evaluating(() => {
      const value = (makers[name] as Make)();
      restoreName(name, value);
      keepModule(value);
      made[name] = value;
    });
  return made[name];
}
