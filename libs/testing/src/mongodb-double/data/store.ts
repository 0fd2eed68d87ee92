import type { Document } from 'bson';
import { failure } from '../failure.ts';
import { normalizeDocument, promoteDocument } from '../wire/bson.ts';
import { addIndex, type Collection, createCollection, insertDocument } from './collection.ts';
import { keyOf } from './values.ts';

/** All collections of a server, or of a replica set, under `database.collection`. */
export type Store = Map<string, Collection>;

/** `database.collection`. Throws where the collection's name is none. */
export const namespaceOf = (database: string, collection: unknown): string => {
  if (typeof collection !== 'string') throw failure(73, `collection name has invalid type`);
  const namespace = `${database}.${collection}`;
  if (collection === '' || database === '' || collection.startsWith('.') || /[$\0]/.test(collection)) {
    throw failure(73, `Invalid namespace specified '${namespace}'`);
  }
  return namespace;
};

/** The collection of that name, made if need be. */
export const openCollection = (store: Store, namespace: string): Collection => {
  const found = store.get(namespace) ?? createCollection(namespace);
  store.set(namespace, found);
  return found;
};

/** Adds documents of plain values. */
export const seed = (store: Store, namespace: string, documents: readonly Document[]): void => {
  const collection = openCollection(store, namespace);
  for (const document of documents) insertDocument(collection, normalizeDocument(document));
};

/** Lets each value of these fields be there once; documents without one may be many. */
export const setUnique = (store: Store, namespace: string, fields: readonly string[]): void => {
  const collection = openCollection(store, namespace);
  for (const field of fields)
    addIndex(collection, { v: 2, key: { [field]: 1 }, name: `${field}_1`, unique: true, sparse: true });
};

/** The documents of a collection as an application sees them; none where there is no such collection. */
export const documentsOf = (store: Store, namespace: string): Document[] =>
  [...(store.get(namespace)?.documents.values() ?? [])].map(promoteDocument);

/** Documents that may match a filter: the one of that `_id` where the filter names one, else all. */
export const candidates = (collection: Collection | undefined, filter: Document): Document[] => {
  if (collection === undefined) return [];
  const { _id: id } = filter;
  const isPlain = typeof id === 'string' || (id?._bsontype === 'ObjectId' && Object.hasOwn(filter, '_id'));
  if (!isPlain) return [...collection.documents.values()];
  const found = collection.documents.get(keyOf(id));
  return found ? [found] : [];
};
