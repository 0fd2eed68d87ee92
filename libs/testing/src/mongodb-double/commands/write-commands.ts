import { type Document, Int32, ObjectId } from 'bson';
import { type Collection, insertDocument, removeDocument, replaceDocument } from '../data/collection.ts';
import { compileFilter, isTrue } from '../data/matches.ts';
import { readCount } from '../data/numbers.ts';
import { readSpecification } from '../data/select.ts';
import { candidates, namespaceOf, openCollection } from '../data/store.ts';
import { compileUpdate, equalitiesOf, isReplacement } from '../data/update.ts';
import { compareValues, isDocument } from '../data/values.ts';
import { failure, isFailure, notInDouble } from '../failure.ts';
import type { Call } from '../session/member.ts';

const statementsOf = ({ command, name }: Call, field: string): Document[] => {
  const statements: unknown = command[field];
  if (!Array.isArray(statements)) {
    throw failure(40414, `BSON field '${name}.${field}' is missing but a required field`);
  }
  if (statements.length === 0) {
    throw failure(16, `Write batch sizes must be between 1 and 100000. Got 0 operations.`);
  }
  return statements.map((statement) => readSpecification(statement, field));
};

const openTarget = ({ connection, database, command }: Call, name: 'insert' | 'update' | 'delete'): Collection =>
  openCollection(connection.member.deployment.store, namespaceOf(database, command[name]));

/** Carries statements out one by one; without `ordered: false` the first that fails is the last. */
const runEach = (
  { command }: Call,
  statements: readonly Document[],
  run: (statement: Document, index: number) => void,
): Document => {
  const writeErrors: Document[] = [];
  const isOrdered = command.ordered === undefined || isTrue(command.ordered);
  for (const [index, statement] of statements.entries()) {
    if (isOrdered && writeErrors.length > 0) break;
    try {
      run(statement, index);
    } catch (error) {
      if (!isFailure(error)) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.details });
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
};

/** Inserts documents. */
export const insert = (call: Call): Document => {
  const documents = statementsOf(call, 'documents');
  const collection = openTarget(call, 'insert');
  let n = 0;
  const errors = runEach(call, documents, (document) => {
    insertDocument(collection, document);
    n += 1;
  });
  return { n: new Int32(n), ...errors };
};

/** Documents that a filter finds, at most so many. */
const findMatching = (collection: Collection, filter: Document, most: number): Document[] => {
  const matches = compileFilter(filter);
  const found: Document[] = [];
  for (const document of candidates(collection, filter)) {
    if (found.length >= most) break;
    if (matches(document)) found.push(document);
  }
  return found;
};

/** The document that an upsert makes of its filter and its changes, stored. */
export const insertUpserted = (collection: Collection, filter: Document, changes: unknown): Document => {
  const start = equalitiesOf(filter);
  const { _id: id = new ObjectId() } = start;
  const made = compileUpdate(changes)(isReplacement(changes) ? { _id: start._id } : start, true);
  return insertDocument(collection, made._id === undefined ? { _id: id, ...made } : made);
};

/** Changes one document; whether it is another now. */
export const changeDocument = (collection: Collection, document: Document, changes: unknown): Document => {
  const next = compileUpdate(changes)(document, false);
  if (compareValues(document, next) !== 0) replaceDocument(collection, document, next);
  return next;
};

const refuseUnknown = (statement: Document): void => {
  if (statement.arrayFilters !== undefined) throw notInDouble('arrayFilters');
  if (statement.collation !== undefined) throw notInDouble('collations');
};

/** Changes or replaces documents, or makes one where `upsert` finds none. */
export const update = (call: Call): Document => {
  const statements = statementsOf(call, 'updates');
  const collection = openTarget(call, 'update');
  let [n, nModified] = [0, 0];
  const upserted: Document[] = [];
  const errors = runEach(call, statements, (statement, index) => {
    refuseUnknown(statement);
    const { u: changes, multi, upsert } = statement;
    const filter = readSpecification(statement.q, 'q');
    if (isTrue(multi) && isReplacement(changes))
      throw failure(9, 'multi update is not supported for replacement-style update');
    const found = findMatching(collection, filter, isTrue(multi) ? Number.POSITIVE_INFINITY : 1);
    for (const document of found) {
      n += 1;
      if (compareValues(document, changeDocument(collection, document, changes)) !== 0) nModified += 1;
    }
    if (found.length > 0 || !isTrue(upsert)) return;
    n += 1;
    upserted.push({ index, _id: insertUpserted(collection, filter, changes)._id });
  });
  const made = upserted.length > 0 ? { upserted } : {};
  return { n: new Int32(n), nModified: new Int32(nModified), ...made, ...errors };
};

/** Deletes documents. */
export const deleteMany = (call: Call): Document => {
  const statements = statementsOf(call, 'deletes');
  const collection = openTarget(call, 'delete');
  let n = 0;
  const errors = runEach(call, statements, (statement) => {
    refuseUnknown(statement);
    if (!isDocument(statement.q))
      throw failure(14, "BSON field 'delete.deletes.q' is the wrong type, expected type 'object'");
    const limit = readCount(statement.limit) ?? 0;
    if (limit !== 0 && limit !== 1) throw failure(9, `The limit field in delete objects must be 0 or 1. Got ${limit}`);
    const found = findMatching(collection, statement.q, limit === 1 ? 1 : Number.POSITIVE_INFINITY);
    for (const document of found) removeDocument(collection, document);
    n += found.length;
  });
  return { n: new Int32(n), ...errors };
};
