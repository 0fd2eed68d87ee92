import type { Document } from 'bson';
import { failure, notInDouble } from '../failure.ts';
import { compileCollated } from './collation.ts';
import type { Collection } from './collection.ts';
import { compileFilter } from './matches.ts';
import { readCount } from './numbers.ts';
import { compileProjection } from './project.ts';
import { compileSort } from './sort.ts';
import { candidates } from './store.ts';
import { isDocument } from './values.ts';

/** What of a collection is wanted; anything may be left out, and is read as a command carries it. */
export type Selection = {
  filter?: unknown;
  sort?: unknown;
  skip?: unknown;
  limit?: unknown;
  projection?: unknown;
  collation?: unknown;
};

/** A document of a command, empty where there is none. Throws where it is something else. */
export const readSpecification = (value: unknown, name: string): Document => {
  if (value === undefined || value === null) return {};
  if (!isDocument(value)) throw failure(14, `Expected field ${name} to be of type object`);
  return value;
};

/** The documents wanted, as they are stored (the projection apart): the caller must not change them. */
export const select = (collection: Collection | undefined, wanted: Selection): Document[] => {
  const filter = readSpecification(wanted.filter, 'filter');
  const sort = readSpecification(wanted.sort, 'sort');
  const projection = readSpecification(wanted.projection, 'projection');
  const isCollated = wanted.collation !== undefined;
  if (isCollated && Object.keys(sort).length > 0) throw notInDouble('sorting under a collation');
  const matches = isCollated ? compileCollated(filter, wanted.collation) : compileFilter(filter);
  const matching = candidates(collection, filter).filter(matches);
  const sorted = Object.keys(sort).length > 0 ? matching.toSorted(compileSort(sort)) : matching;
  const found = cut(sorted, wanted);
  return Object.keys(projection).length > 0 ? found.map(compileProjection(projection)) : found;
};

/** A negative limit is one that wants a single batch. */
const cut = (documents: Document[], wanted: Selection): Document[] => {
  const skip = readCount(wanted.skip) ?? 0;
  const limit = Math.abs(readCount(wanted.limit) ?? 0);
  if (skip < 0) throw failure(51024, `BSON field 'skip' value must be >= 0, actual value '${skip}'`);
  return documents.slice(skip, limit > 0 ? skip + limit : undefined);
};
