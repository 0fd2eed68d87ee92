/**
 * Functions of a package that scripts may require by themselves: `lodash/get` and `lodash/fp/get`. First the package, then
 * the function. (`moduleOf` in libs/script-contract tells who only checks scripts.)
 */
export const FUNCTION_MODULE = /^(lodash(?:\/fp)?)\/(?!fp$)(\w+)$/;
