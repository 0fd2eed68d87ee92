import { randomUUID } from 'node:crypto';
import { type Document, ObjectId } from 'bson';
import { failure } from '../failure.ts';
import {
  addToIndex,
  type CollectionIndex,
  createIndex,
  refuseDuplicates,
  removeFromIndex,
} from './collection-index.ts';
import { keyOf } from './values.ts';

/** Documents in the order of their insertion, under the key of their `_id`, and the indexes. */
export type Collection = {
  /** `database.collection` */
  readonly namespace: string;
  readonly uuid: string;
  readonly documents: Map<string, Document>;
  /** The first is that of `_id`. */
  readonly indexes: CollectionIndex[];
};

/** An empty collection. */
export const createCollection = (namespace: string): Collection => ({
  namespace,
  uuid: randomUUID(),
  documents: new Map(),
  indexes: [createIndex({ v: 2, key: { _id: 1 }, name: '_id_' })],
});

/** Adds a document, with an `_id` if it has none. Throws E11000 where a unique index has its values already. */
export const insertDocument = (collection: Collection, document: Document): Document => {
  const { _id: id = new ObjectId(), ...fields } = document;
  if (Array.isArray(id)) throw failure(53, "The '_id' value cannot be of type array");
  const stored = { _id: id, ...fields };
  refuseDuplicates(collection, stored);
  const key = keyOf(id);
  collection.documents.set(key, stored);
  for (const index of collection.indexes) addToIndex(index, stored, key);
  return stored;
};

/** Puts a new form of a document in its place. Throws E11000 as an insert does, and then leaves the old form. */
export const replaceDocument = (collection: Collection, old: Document, next: Document): void => {
  const key = keyOf(old._id);
  for (const index of collection.indexes) removeFromIndex(index, old);
  try {
    refuseDuplicates(collection, next);
  } catch (error) {
    for (const index of collection.indexes) addToIndex(index, old, key);
    throw error;
  }
  collection.documents.set(key, next);
  for (const index of collection.indexes) addToIndex(index, next, key);
};

/** Takes a document away. */
export const removeDocument = (collection: Collection, document: Document): void => {
  collection.documents.delete(keyOf(document._id));
  for (const index of collection.indexes) removeFromIndex(index, document);
};

/** Adds an index over what is there. Throws E11000, and adds none, where a unique one finds a value twice. */
export const addIndex = (collection: Collection, specification: Document): void => {
  const index = createIndex(specification);
  const { namespace } = collection;
  for (const [key, document] of collection.documents) {
    refuseDuplicates({ namespace, indexes: [index] }, document);
    addToIndex(index, document, key);
  }
  collection.indexes.push(index);
};
