/** A place in a script, from 1; `at` tells two requests for the same place apart. */
export type Spot = { readonly line: number; readonly column: number; readonly at: number };
