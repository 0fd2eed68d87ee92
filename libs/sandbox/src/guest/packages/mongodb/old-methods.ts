/** Methods of driver 3.6 that driver 6 has no more, by means of those that took their place. */
import { eitherWay } from './callbacks.ts';
import { addMethods, type Method } from './patch.ts';

type Fields = Record<string, unknown>;
type Api = Record<string, (...args: unknown[]) => Promise<unknown>>;

const api = (owner: object): Api => owner as unknown as Api;
const call = (owner: object, name: string, ...args: unknown[]): Promise<unknown> =>
  (api(owner)[name] as (...args: unknown[]) => Promise<unknown>).apply(owner, args);
const optionsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const filterOf = (value: unknown): unknown => value ?? {};

const hasOperators = (update: unknown): boolean =>
  Array.isArray(update) || Object.keys(optionsOf(update))[0]?.startsWith('$') === true;

async function update(this: object, filter: unknown, changes: unknown, given: unknown): Promise<unknown> {
  const { multi, ...options } = optionsOf(given);
  if (!hasOperators(changes)) return call(this, 'replaceOne', filter, changes, options);
  return call(this, multi ? 'updateMany' : 'updateOne', filter, changes, options);
}

async function insert(this: object, documents: unknown, given: unknown): Promise<unknown> {
  const { keepGoing, ...options } = optionsOf(given);
  const list = Array.isArray(documents) ? documents : [documents];
  return call(this, 'insertMany', list, keepGoing === true ? { ordered: false, ...options } : options);
}

async function remove(this: object, filter: unknown, given: unknown): Promise<unknown> {
  const { single, justOne, ...options } = optionsOf(given);
  return call(this, single || justOne ? 'deleteOne' : 'deleteMany', filterOf(filter), options);
}

async function save(this: object, document: unknown, given: unknown): Promise<unknown> {
  const { _id: id } = optionsOf(document);
  if (id === undefined || id === null) return call(this, 'insertOne', document, optionsOf(given));
  return call(this, 'replaceOne', { _id: id }, document, { ...optionsOf(given), upsert: true });
}

async function findAndModify(this: object, ...args: unknown[]): Promise<unknown> {
  const [filter, sort, changes, given] = args;
  const { new: isNew, remove: removes, fields, ...rest } = optionsOf(given);
  const order = Array.isArray(sort) && sort.length === 0 ? {} : { sort: sort ?? undefined };
  const projection = fields === undefined ? {} : { projection: fields };
  const options = { ...rest, ...order, ...projection, includeResultMetadata: true };
  if (removes) return call(this, 'findOneAndDelete', filterOf(filter), options);
  const returned = { ...options, returnDocument: isNew ? 'after' : 'before' };
  const method = hasOperators(changes) ? 'findOneAndUpdate' : 'findOneAndReplace';
  return call(this, method, filterOf(filter), changes, returned);
}

async function findAndRemove(this: object, filter: unknown, sort: unknown, given: unknown): Promise<unknown> {
  return findAndModify.call(this, filter, sort, null, { ...optionsOf(given), remove: true });
}

const alias = (name: string): Method =>
  function (...args) {
    return call(this, name, ...args);
  };

const COLLECTION: Readonly<Record<string, Method>> = {
  insert: eitherWay(insert),
  update: eitherWay(update),
  remove: eitherWay(remove),
  save: eitherWay(save),
  findAndModify: eitherWay(findAndModify),
  findAndRemove: eitherWay(findAndRemove),
  removeOne: alias('deleteOne'),
  removeMany: alias('deleteMany'),
  ensureIndex: alias('createIndex'),
  dropAllIndexes: alias('dropIndexes'),
};

/** For the prototype of collections. */
export const giveOldMethods = (collection: object): void => addMethods(collection, COLLECTION);
