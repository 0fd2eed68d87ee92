import { type Document, Int32 } from 'bson';
import { addIndex, type Collection } from '../data/collection.ts';
import { readCount } from '../data/numbers.ts';
import { namespaceOf, openCollection } from '../data/store.ts';
import { compareValues, isDocument } from '../data/values.ts';
import { failure, notInDouble } from '../failure.ts';
import type { Call } from '../session/member.ts';

const storeOf = ({ connection }: Call) => connection.member.deployment.store;

/** The collection that an index command names. Throws NamespaceNotFound where there is none. */
const requireCollection = (call: Call, name: unknown): Collection => {
  const namespace = namespaceOf(call.database, name);
  const collection = storeOf(call).get(namespace);
  if (collection === undefined) throw failure(26, `ns does not exist: ${namespace}`);
  return collection;
};

const createIndexes = (call: Call): Document => {
  const { createIndexes: name, indexes } = call.command;
  const namespace = namespaceOf(call.database, name);
  const createdCollectionAutomatically = !storeOf(call).has(namespace);
  const collection = openCollection(storeOf(call), namespace);
  const before = collection.indexes.length;
  const wanted: unknown[] = Array.isArray(indexes) ? indexes : [];
  if (wanted.length === 0) throw failure(2, 'Must specify at least one index to create');
  const made = wanted.filter((specification) => createOne(collection, specification));
  return {
    numIndexesBefore: new Int32(before),
    numIndexesAfter: new Int32(collection.indexes.length),
    ...(createdCollectionAutomatically ? { createdCollectionAutomatically } : {}),
    ...(made.length === 0 ? { note: 'all indexes already exist' } : {}),
  };
};

/** Makes an index unless it is there already. Throws where another has its name or its fields. */
const createOne = (collection: Collection, specification: unknown): boolean => {
  if (!isDocument(specification) || !isDocument(specification.key) || typeof specification.name !== 'string') {
    throw failure(14, "BSON field 'createIndexes.indexes' needs a key and a name for each index");
  }
  if (specification.collation !== undefined) throw notInDouble('indexes with a collation');
  const wanted = { v: 2, ...specification };
  const { name, key } = wanted as Document;
  const sameName = collection.indexes.find((index) => index.name === name);
  const sameKey = collection.indexes.find(({ specification: other }) => compareValues(other.key, key) === 0);
  if (sameKey && sameKey.name !== name && name !== '_id_') {
    throw failure(85, `Index already exists with a different name: ${sameKey.name}`);
  }
  if (sameName && (sameName !== sameKey || sameName.isUnique !== (specification.unique === true))) {
    if (name === '_id_') return false;
    throw failure(86, `An existing index has the same name as the requested index: ${name}`);
  }
  if (sameName) return false;
  addIndex(collection, wanted);
  return true;
};

const dropIndexes = (call: Call): Document => {
  const name = call.command.dropIndexes ?? call.command.deleteIndexes;
  const { index } = call.command;
  const collection = requireCollection(call, name);
  const nIndexesWas = new Int32(collection.indexes.length);
  if (index === '_id_') throw failure(72, 'cannot drop _id index');
  if (index === '*') collection.indexes.splice(1);
  else {
    const at = collection.indexes.findIndex((candidate) =>
      isDocument(index) ? compareValues(candidate.specification.key, index) === 0 : candidate.name === index,
    );
    if (at < 1) throw failure(27, `index not found with name [${isDocument(index) ? JSON.stringify(index) : index}]`);
    collection.indexes.splice(at, 1);
  }
  return { nIndexesWas };
};

const listIndexes = (call: Call): Document => {
  const { listIndexes: name, cursor } = call.command;
  const { namespace, indexes } = requireCollection(call, name);
  const documents = indexes.map(({ specification }) => specification);
  const batchSize = isDocument(cursor) ? readCount(cursor.batchSize) : undefined;
  return { cursor: call.connection.member.cursors.open({ namespace, documents, batchSize }) };
};

/** Commands about indexes. */
export const INDEX_COMMANDS = { reads: { listIndexes }, writes: { createIndexes, dropIndexes } } as const;
