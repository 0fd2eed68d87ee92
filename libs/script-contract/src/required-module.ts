const FUNCTION_OF_LODASH = /^(lodash(?:\/fp)?)\/(?!fp$)\w+$/;

/**
 * The module on offer that is meant where a script requires one: its name without `node:`, and of a function by itself
 * (`lodash/get`, `lodash/fp/get`) that of the package that has it. Whether there is such a function, only a run tells.
 */
export const moduleOf = (required: string): string => required.replace(/^node:/, '').replace(FUNCTION_OF_LODASH, '$1');
