/** Types of `lodash/get` and the like: each function of lodash is a module by itself, too. */

/**
 * TypeScript finds the names through the interface, JavaScript's reading of `require` through the modules. Those of `lodash/fp`,
 * which hardly a script requires one by one, have no types.
 */
export const functionsOfLodash = (values: Readonly<Record<string, string>>): string => {
  const names = Object.keys(values).filter((name) => values[name] === 'function' && name !== '_');
  const modules = names.map(
    (name) => `declare module "lodash/${name}" { const alone: FunctionsOfLodash["lodash/${name}"]; export = alone; }`,
  );
  return [
    'type FunctionsOfLodash = {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is TypeScript's own.
    '  [Name in keyof import("lodash").LoDashStatic & string as `lodash/${Name}`]: import("lodash").LoDashStatic[Name];',
    '};',
    'declare module "lodash/fp/*";',
    ...modules,
  ].join('\n');
};
