import { BSONRegExp, type Document } from 'bson';
import { failure, notInDouble } from '../failure.ts';
import { CHANGES, set } from './change-field.ts';
import { copyDocument } from './paths.ts';
import { compareValues, isDocument } from './values.ts';

/** What an update does to one document: a new document comes out, the old one stays as it is. */
export type Update = (document: Document, isInsert: boolean) => Document;

/**
 * An update as a function: $set, $setOnInsert, $unset, $inc, $push (also with $each), or a replacement, which keeps the
 * `_id`. Throws the server's error for another operator, for two changes of one path and for a changed `_id`.
 */
export const compileUpdate = (update: unknown): Update => {
  if (Array.isArray(update)) throw notInDouble('update by a pipeline');
  if (!isDocument(update)) throw failure(9, 'Update argument must be either an object or an array');
  return isReplacement(update) ? replaceBy(update) : compileOperators(update);
};

/** Whether it is a whole document and not a list of changes. */
export const isReplacement = (update: unknown): boolean =>
  isDocument(update) && !(Object.keys(update)[0]?.startsWith('$') ?? false);

const replaceBy =
  (replacement: Document): Update =>
  ({ _id: id }) => {
    const result = id === undefined || '_id' in replacement ? replacement : { _id: id, ...replacement };
    return checkId(id, result);
  };

const compileOperators = (update: Document): Update => {
  const changes = Object.entries(update).flatMap(([operator, fields]) => readChanges(operator, fields));
  refuseConflicts(changes.map(({ name }) => name));
  return (document, isInsert) => {
    const result = copyDocument(document);
    for (const { name, operator, operand } of changes) {
      if (operator !== '$setOnInsert' || isInsert) CHANGES[operator]?.(result, name.split('.'), operand);
    }
    return checkId(document._id, result);
  };
};

const NOT_HERE = new Set([
  '$rename',
  '$min',
  '$max',
  '$mul',
  '$currentDate',
  '$addToSet',
  '$pull',
  '$pullAll',
  '$pop',
  '$bit',
]);

const readChanges = (operator: string, fields: unknown): { name: string; operator: string; operand: unknown }[] => {
  if (NOT_HERE.has(operator)) throw notInDouble(operator);
  if (!operator.startsWith('$') || !(operator in CHANGES)) {
    throw failure(
      9,
      `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
    );
  }
  if (!isDocument(fields))
    throw failure(9, `Modifiers operate on fields but we found another type instead, at ${operator}`);
  return Object.entries(fields).map(([name, operand]) => {
    if (name.split('.').some((part) => part.startsWith('$'))) throw notInDouble('positional update ($, $[])');
    if (name.split('.').includes(''))
      throw failure(56, `The update path '${name}' contains an empty field name, which is not allowed.`);
    return { name, operator, operand };
  });
};

const refuseConflicts = (names: readonly string[]): void => {
  names.forEach((name, at) => {
    const other =
      names.find((earlier, index) => index < at && `${name}.`.startsWith(`${earlier}.`)) ??
      names.find((earlier, index) => index < at && `${earlier}.`.startsWith(`${name}.`));
    if (other === undefined) return;
    throw failure(
      40,
      `Updating the path '${name}' would create a conflict at '${other.length < name.length ? other : name}'`,
    );
  });
};

const checkId = (id: unknown, result: Document): Document => {
  if (id === undefined || compareValues(id, result._id) === 0) return result;
  throw failure(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
};

/** The fields that an upsert takes from its filter: equalities, also those in $and.  */
export const equalitiesOf = (filter: Document): Document => {
  const result: Document = {};
  for (const [name, value] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(value)) {
      for (const inner of value.filter(isDocument)) Object.assign(result, equalitiesOf(inner));
    } else if (!name.startsWith('$')) {
      const operators = isDocument(value) && Object.keys(value)[0]?.startsWith('$');
      if (!operators && !(value instanceof BSONRegExp)) set(result, name.split('.'), value);
      else if (operators && '$eq' in value) set(result, name.split('.'), value.$eq);
    }
  }
  return result;
};
