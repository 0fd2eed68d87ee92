import { type Document, Int32 } from 'bson';
import { type Collection, removeDocument } from '../data/collection.ts';
import { isTrue } from '../data/matches.ts';
import { compileProjection } from '../data/project.ts';
import { readSpecification, select } from '../data/select.ts';
import { namespaceOf, openCollection } from '../data/store.ts';
import { failure, notInDouble } from '../failure.ts';
import type { Call } from '../session/member.ts';
import { changeDocument, insertUpserted } from './write-commands.ts';

/** Changes or deletes the first document that a filter finds, and gives it as it was or as it is. */
export const findAndModify = ({ name, command, database, connection }: Call): Document => {
  const { remove, update: changes, new: wantsNew, arrayFilters } = command;
  if (arrayFilters !== undefined) throw notInDouble('arrayFilters');
  if (isTrue(remove) === (changes !== undefined)) {
    throw failure(9, 'Either an update or remove=true must be specified');
  }
  if (isTrue(remove) && isTrue(wantsNew)) {
    throw failure(9, "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
  }
  const namespace = namespaceOf(database, command[name]);
  const collection = openCollection(connection.member.deployment.store, namespace);
  const filter = readSpecification(command.query, 'query');
  const [found] = select(collection, { filter, sort: command.sort, limit: 1 });
  const reply = isTrue(remove) ? removeFound(collection, found) : change(collection, filter, found, command);
  const fields = readSpecification(command.fields, 'fields');
  const hasFields = reply.value !== null && Object.keys(fields).length > 0;
  return hasFields ? { ...reply, value: compileProjection(fields)(reply.value) } : reply;
};

const removeFound = (collection: Collection, found: Document | undefined): Document => {
  if (found) removeDocument(collection, found);
  return { lastErrorObject: { n: new Int32(found ? 1 : 0) }, value: found ?? null };
};

const change = (
  collection: Collection,
  filter: Document,
  found: Document | undefined,
  { update: changes, new: wantsNew, upsert }: Document,
): Document => {
  if (found) {
    const next = changeDocument(collection, found, changes);
    return { lastErrorObject: { n: new Int32(1), updatedExisting: true }, value: isTrue(wantsNew) ? next : found };
  }
  if (!isTrue(upsert)) return { lastErrorObject: { n: new Int32(0), updatedExisting: false }, value: null };
  const made = insertUpserted(collection, filter, changes);
  const lastErrorObject = { n: new Int32(1), updatedExisting: false, upserted: made._id };
  return { lastErrorObject, value: isTrue(wantsNew) ? made : null };
};
