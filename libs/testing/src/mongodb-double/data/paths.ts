import type { Document } from 'bson';
import { isDocument } from './values.ts';

const INDEX = /^(0|[1-9]\d*)$/;

const ownValue = (holder: object, name: string): unknown =>
  Object.hasOwn(holder, name) ? Reflect.get(holder, name) : undefined;

/**
 * Every value that a dotted path leads to: arrays on the way stand for each of their documents and, by number, for one
 * element. `undefined` is a value that is missing; there is always at least one.
 */
export const valuesAt = (value: unknown, path: readonly string[]): unknown[] => {
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  if (Array.isArray(value)) {
    const one = INDEX.test(name) && name in value ? valuesAt(value[Number(name)], rest) : [];
    const found = [...one, ...value.filter(isDocument).flatMap((item) => valuesAt(item, path))];
    return found.length > 0 ? found : [undefined];
  }
  return isDocument(value) ? valuesAt(ownValue(value, name), rest) : [undefined];
};

/** The one value at a path, arrays only by number. */
export const valueAt = (value: unknown, path: readonly string[]): unknown => {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (Array.isArray(value)) return INDEX.test(name) ? valueAt(value[Number(name)], rest) : undefined;
  return isDocument(value) ? valueAt(ownValue(value, name), rest) : undefined;
};

/** Sets an own property, whatever its name (`__proto__` too). */
export const setField = (holder: Document, name: string, value: unknown): void => {
  if (Array.isArray(holder) && INDEX.test(name)) {
    while (holder.length < Number(name)) holder.push(null);
  }
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
};

/** A copy whose documents and arrays may be changed. */
export const copyDocument = (value: Document): Document => {
  const copy: Document = {};
  for (const [name, inner] of Object.entries(value)) setField(copy, name, copyValue(inner));
  return copy;
};

const copyValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copyValue);
  return isDocument(value) ? copyDocument(value) : value;
};
