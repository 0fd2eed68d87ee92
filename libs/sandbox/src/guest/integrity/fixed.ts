import { freeze } from '../primordials.ts';

/**
 * Makes functions of ours unchangeable that scripts come by as listeners and the like, and that all runs share: what cannot
 * change needs no look.
 */
export function fix(...functions: readonly object[]): void {
  for (let i = 0; i < functions.length; i++) {
    const made = functions[i] as { readonly prototype?: object };
    if (made.prototype !== undefined) freeze(made.prototype);
    freeze(made);
  }
}
