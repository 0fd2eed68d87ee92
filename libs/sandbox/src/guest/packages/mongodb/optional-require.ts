/** What driver 3.7 asks for by way of `optional-require` (native BSON, snappy): none of it is there. */

const nothing = (): undefined => undefined;

/** Takes a `require` and gives one that finds no optional package. */
export const optionalRequire = (): (() => undefined) => nothing;
