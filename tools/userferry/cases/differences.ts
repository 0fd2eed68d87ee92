import { isDeepStrictEqual } from 'node:util';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** `/…/i` as a regular expression, else undefined. */
const patternOf = (text: string): RegExp | undefined => {
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(text) ?? [];
  return source === undefined ? undefined : new RegExp(source, flags);
};

/** Is the text part of it, or does the pattern fit? */
export const fits = (expected: string, text: string): boolean =>
  patternOf(expected)?.test(text) ?? text.includes(expected);

/**
 * Where a value lacks something of what is expected: objects may have more fields, lists are compared item by item, a text
 * between slashes is a pattern, and `$type` names a type alone.
 */
export const differences = (expected: unknown, value: unknown, path: string): readonly string[] => {
  if (isObject(expected) && typeof expected.$type === 'string')
    return typeof value === expected.$type ? [] : [`${path} is ${shown(value)}, not of type ${expected.$type}`];
  if (isObject(expected)) {
    if (!isObject(value)) return [`${path} is ${shown(value)}, not an object`];
    return Object.entries(expected).flatMap(([name, part]) => differences(part, value[name], `${path}.${name}`));
  }
  if (Array.isArray(expected) && Array.isArray(value)) {
    const off = expected.length === value.length ? [] : [`${path} has ${value.length} items, not ${expected.length}`];
    return [...off, ...expected.flatMap((part, index) => differences(part, value[index], `${path}[${index}]`))];
  }
  if (typeof expected === 'string' && typeof value === 'string' && patternOf(expected)?.test(value)) return [];
  return isDeepStrictEqual(expected, value) ? [] : [`${path} is ${shown(value)}, not ${shown(expected)}`];
};
