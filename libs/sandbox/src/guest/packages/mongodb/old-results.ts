/** Results as driver 3.6 gave them, beside what they are today: as fields that do not show. */
import { splitCallback } from './callbacks.ts';
import { clientOf, isOldClient } from './old-clients.ts';
import { hide, type Method, replaceMethod } from './patch.ts';

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function afterInsert(result: Fields, documents: readonly unknown[]): Fields {
  const count = documents.length;
  return hide(result, { ops: documents, insertedCount: count, result: { n: count, ok: 1 } });
}

function afterUpdate(result: Fields): Fields {
  const { matchedCount, modifiedCount, upsertedCount, upsertedId } = result;
  // It was `{ index, _id }` then and is the id itself now.
  hide(upsertedId, { index: 0, _id: upsertedId });
  const n = Number(matchedCount) + Number(upsertedCount);
  const upserted = isObject(upsertedId) ? { upserted: [{ index: 0, _id: upsertedId }] } : {};
  return hide(result, { result: { n, nModified: modifiedCount, ...upserted, ok: 1 } });
}

const afterDelete = (result: Fields): Fields => hide(result, { result: { n: result.deletedCount, ok: 1 } });

/** `fields` was what is `projection` now; `returnOriginal` what is `returnDocument`. */
function translateReadOptions(given: unknown): unknown {
  if (!isObject(given)) return given;
  const { fields, returnOriginal, ...rest } = given;
  const projection = fields === undefined || 'projection' in given ? {} : { projection: fields };
  const decided = typeof returnOriginal !== 'boolean' || 'returnDocument' in given;
  const returned = decided ? {} : { returnDocument: returnOriginal ? 'before' : 'after' };
  return 'fields' in given || 'returnOriginal' in given ? { ...rest, ...projection, ...returned } : given;
}

const adding = (add: (result: Fields, args: readonly unknown[]) => Fields) => (original: Method) =>
  async function (this: object, ...args: unknown[]): Promise<unknown> {
    const result = await original.apply(this, args);
    return isObject(result) ? add(result, args) : result;
  };

/**
 * What `findOneAnd…` gave then was `{ value, lastErrorObject, ok }`; today it is the document or null. One call serves
 * both where it can: a script that can only be an old one gets the old form. For a client with old options a document
 * has the old fields hidden on it, and where there is none the old form comes, since null has no fields.
 */
const serveBoth = (at: number) => (original: Method) =>
  async function (this: object, ...args: unknown[]): Promise<unknown> {
    const given = args[at];
    const surelyOld = isObject(given) && ('returnOriginal' in given || 'fields' in given);
    const chosen = isObject(given) && 'includeResultMetadata' in given;
    if (chosen || !(surelyOld || isOldClient(clientOf(this)))) return original.apply(this, args);
    args[at] = { ...(translateReadOptions(given) as Fields | undefined), includeResultMetadata: true };
    const metadata = (await original.apply(this, args)) as Fields;
    const { value } = metadata;
    return surelyOld || !isObject(value) ? metadata : hide(value, metadata);
  };

/** A callback tells an old script as surely as `returnOriginal` does. */
const markingCallback = (at: number) => (original: Method) =>
  function (this: object, ...args: unknown[]): unknown {
    const [rest, callback] = splitCallback(args);
    if (callback === undefined) return original.apply(this, args);
    rest[at] = { includeResultMetadata: true, ...(translateReadOptions(rest[at]) as Fields | undefined) };
    return original.call(this, ...rest, callback);
  };

const FIND_ONE_AND = { findOneAndDelete: 1, findOneAndReplace: 2, findOneAndUpdate: 2 } as const;

/** For the prototype of collections, before callbacks are given to it. */
export function giveOldResults(collection: object): void {
  replaceMethod(
    collection,
    'insertOne',
    adding((result, [document]) => afterInsert(result, [document])),
  );
  replaceMethod(
    collection,
    'insertMany',
    adding((result, [documents]) => afterInsert(result, documents as readonly unknown[])),
  );
  for (const name of ['updateOne', 'updateMany']) replaceMethod(collection, name, adding(afterUpdate));
  replaceMethod(
    collection,
    'replaceOne',
    adding((result, [, document]) => hide(afterUpdate(result), { ops: [document] })),
  );
  for (const name of ['deleteOne', 'deleteMany']) replaceMethod(collection, name, adding(afterDelete));
  for (const [name, at] of Object.entries(FIND_ONE_AND)) replaceMethod(collection, name, serveBoth(at));
}

/** For the same prototype, after callbacks were given to it. */
export function giveOldFinds(collection: object): void {
  for (const [name, at] of Object.entries(FIND_ONE_AND)) replaceMethod(collection, name, markingCallback(at));
  replaceMethod(collection, 'find', (original) => {
    return function (this: object, filter, options, ...rest) {
      return original.call(this, filter, translateReadOptions(options), ...rest);
    };
  });
}
