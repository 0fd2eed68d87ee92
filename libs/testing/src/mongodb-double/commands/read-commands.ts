import { type Document, Int32, Long } from 'bson';
import { compilePipeline } from '../data/aggregate.ts';
import { isTrue } from '../data/matches.ts';
import { readCount } from '../data/numbers.ts';
import { valuesAt } from '../data/paths.ts';
import { select } from '../data/select.ts';
import { namespaceOf } from '../data/store.ts';
import { isDocument, keyOf } from '../data/values.ts';
import { failure, notInDouble } from '../failure.ts';
import type { Call } from '../session/member.ts';

const collectionOf = ({ connection, database, command }: Call, name: unknown) => {
  const namespace = namespaceOf(database, name);
  if (command.explain !== undefined) throw notInDouble('explain');
  return { namespace, collection: connection.member.deployment.store.get(namespace) };
};

/** The first batch of what a filter finds, and a cursor for the rest. */
export const find = (call: Call): Document => {
  const { command, connection } = call;
  if (isTrue(command.tailable)) throw notInDouble('tailable cursors');
  const { namespace, collection } = collectionOf(call, command.find);
  const limit = Math.abs(readCount(command.limit) ?? 0);
  const batchSize = readCount(command.batchSize);
  if (batchSize !== undefined && batchSize < 0) {
    throw failure(51024, `BSON field 'batchSize' value must be >= 0, actual value '${batchSize}'`);
  }
  const documents = select(collection, command);
  const singleBatch = isTrue(command.singleBatch);
  const isLimited = limit > 0 && documents.length === limit;
  return { cursor: connection.member.cursors.open({ namespace, documents, batchSize, singleBatch, isLimited }) };
};

/** The next batch of a cursor. */
export const getMore = ({ command, database, connection }: Call): Document => {
  const { getMore: id, collection, batchSize } = command;
  if (!(id instanceof Long)) throw failure(14, "Field 'getMore' must be of type long");
  const namespace = `${database}.${String(collection)}`;
  return { cursor: connection.member.cursors.next(id, namespace, readCount(batchSize)) };
};

/** Closes cursors. */
export const killCursors = ({ command, connection }: Call): Document => {
  const ids: unknown[] = Array.isArray(command.cursors) ? command.cursors : [];
  const { killed, unknown } = connection.member.cursors.kill(ids.filter((id) => id instanceof Long));
  return { cursorsKilled: killed, cursorsNotFound: unknown, cursorsAlive: [], cursorsUnknown: [] };
};

/** How many documents a filter finds. */
export const count = (call: Call): Document => {
  const { count: name, query: filter, limit, skip } = call.command;
  const { collection } = collectionOf(call, name);
  return { n: new Int32(select(collection, { filter, limit, skip }).length) };
};

/** The values that a field has, each once; an array's elements count, not the array. */
export const distinct = (call: Call): Document => {
  const { distinct: name, key, query: filter } = call.command;
  if (typeof key !== 'string') throw failure(14, "BSON field 'distinct.key' is the wrong type, expected type 'string'");
  const { collection } = collectionOf(call, name);
  const found = select(collection, { filter })
    .flatMap((document) => valuesAt(document, key.split('.')))
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value) => value !== undefined);
  return { values: [...new Map(found.map((value) => [keyOf(value), value])).values()] };
};

/** What a pipeline makes of a collection. */
export const aggregate = (call: Call): Document => {
  const { command, connection } = call;
  const { pipeline, cursor } = command;
  if (!isDocument(cursor)) {
    throw failure(9, "The 'cursor' option is required, except for aggregate with the explain argument");
  }
  if (typeof command.aggregate !== 'string') throw notInDouble('aggregation without a collection');
  const { namespace, collection } = collectionOf(call, command.aggregate);
  const documents = compilePipeline(pipeline)([...(collection?.documents.values() ?? [])]);
  return { cursor: connection.member.cursors.open({ namespace, documents, batchSize: readCount(cursor.batchSize) }) };
};
