import { BSONRegExp, type Document, Double, ObjectId } from 'bson';
import { failure } from '../failure.ts';
import { compileFilter, isTrue } from './matches.ts';
import { isNumber } from './numbers.ts';
import { setField, valueAt, valuesAt } from './paths.ts';
import { isDocument, keyOf } from './values.ts';

/** An index; only a unique one keeps entries, by which its values are known again. */
export type CollectionIndex = {
  readonly name: string;
  /** As it was asked for. */
  readonly specification: Document;
  readonly isUnique: boolean;
  /** Whether a document belongs to the index (sparse and partial ones leave some out). */
  readonly covers: (document: Document) => boolean;
  /** From the text of the values to the key of the document. */
  readonly entries: Map<string, string>;
};

const pathsOf = ({ key }: Document): string[][] => Object.keys(key).map((name) => name.split('.'));

/** An empty index. */
export const createIndex = (specification: Document): CollectionIndex => {
  const partial = specification.partialFilterExpression;
  const filter = isDocument(partial) ? compileFilter(partial) : () => true;
  const paths = pathsOf(specification);
  const isPresent = (document: Document): boolean =>
    paths.some((path) => valuesAt(document, path).some((value) => value !== undefined));
  const isSparse = isTrue(specification.sparse);
  return {
    name: String(specification.name),
    specification,
    // That of `_id` is, and does not say so.
    isUnique: isTrue(specification.unique) || specification.name === '_id_',
    covers: (document) => filter(document) && (!isSparse || isPresent(document)),
    entries: new Map(),
  };
};

/** Every combination of the values of the index's fields: arrays count with each of their elements. */
const entriesOf = (index: CollectionIndex, document: Document): string[] => {
  if (!index.isUnique || !index.covers(document)) return [];
  return pathsOf(index.specification).reduce<string[]>(
    (entries, path) => {
      const values = valuesAt(document, path).flatMap((value) =>
        Array.isArray(value) && value.length > 0 ? value : [value],
      );
      const keys = new Set(values.map((value) => keyOf(value ?? null)));
      return entries.flatMap((entry) => [...keys].map((key) => `${entry}|${key}`));
    },
    [''],
  );
};

/** Puts a document's values into the index. */
export const addToIndex = (index: CollectionIndex, document: Document, key: string): void => {
  for (const entry of entriesOf(index, document)) index.entries.set(entry, key);
};

/** Takes a document's values out of the index. */
export const removeFromIndex = (index: CollectionIndex, document: Document): void => {
  for (const entry of entriesOf(index, document)) index.entries.delete(entry);
};

/** Throws the server's E11000 where a unique index has a document's values already. */
export const refuseDuplicates = (
  { namespace, indexes }: { namespace: string; indexes: readonly CollectionIndex[] },
  document: Document,
): void => {
  const index = indexes.find((candidate) =>
    entriesOf(candidate, document).some((entry) => candidate.entries.has(entry)),
  );
  if (index === undefined) return;
  const { key: keyPattern } = index.specification;
  const keyValue: Document = {};
  for (const name of Object.keys(keyPattern)) setField(keyValue, name, valueAt(document, name.split('.')) ?? null);
  const text = `E11000 duplicate key error collection: ${namespace} index: ${index.name} dup key: ${print(keyValue)}`;
  throw failure(11000, text, { keyPattern, keyValue });
};

/** A value as the server's texts show it. */
const print = (value: unknown): string => {
  if (Array.isArray(value)) return `[ ${value.map(print).join(', ')} ]`;
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof BSONRegExp) return `/${value.pattern}/${value.options}`;
  if (value instanceof Double && Number.isInteger(value.value)) return value.value.toFixed(1);
  if (isNumber(value)) return String(value);
  if (!isDocument(value)) return JSON.stringify(value) ?? String(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${name}: ${print(inner)}`)
    .join(', ')} }`;
};
