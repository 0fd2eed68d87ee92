import { type Document, Double, Int32, Long } from 'bson';
import { failure, notInDouble } from '../failure.ts';
import { addNumbers, isNumber } from './numbers.ts';
import { setField, valueAt } from './paths.ts';
import { isDocument } from './values.ts';

/** Changes one field of a document in place. */
type Change = (document: Document, path: readonly string[], operand: unknown) => void;

/** The document or array that holds the last part of a path, made where it is missing. */
const holderOf = (document: Document, path: readonly string[]): { holder: Document; name: string } => {
  let holder = document;
  for (const name of path.slice(0, -1)) {
    let next = valueAt(holder, [name]);
    if (next === undefined) {
      next = {};
      setField(holder, name, next);
    }
    if (!isDocument(next) && !Array.isArray(next)) {
      throw failure(28, `Cannot create field '${path.at(-1)}' in element {${name}: ${JSON.stringify(next)}}`);
    }
    holder = next;
  }
  const name = path.at(-1) ?? '';
  if (Array.isArray(holder) && !/^\d+$/.test(name)) throw failure(28, `Cannot create field '${name}' in an array`);
  return { holder, name };
};

/** $set: documents on the way are made where they are missing. */
export const set: Change = (document, path, operand) => {
  const { holder, name } = holderOf(document, path);
  setField(holder, name, operand);
};

const unset: Change = (document, path) => {
  const holder = valueAt(document, path.slice(0, -1));
  const name = path.at(-1) ?? '';
  if (Array.isArray(holder) && name in holder) holder[Number(name)] = null;
  else if (isDocument(holder)) Reflect.deleteProperty(holder, name);
};

const increment: Change = (document, path, operand) => {
  if (!isNumber(operand)) {
    throw failure(14, `Cannot increment with non-numeric argument: {${path.join('.')}: ${JSON.stringify(operand)}}`);
  }
  const { holder, name } = holderOf(document, path);
  const value = valueAt(holder, [name]);
  if (value !== undefined && !isNumber(value)) {
    throw failure(
      14,
      `Cannot apply $inc to a value of non-numeric type. {_id: ${JSON.stringify(document._id)}} has the field '${name}' of non-numeric type ${typeName(value)}`,
    );
  }
  setField(holder, name, value === undefined ? operand : addNumbers(value, operand));
};

const push: Change = (document, path, operand) => {
  const { holder, name } = holderOf(document, path);
  const value = valueAt(holder, [name]) ?? [];
  if (!Array.isArray(value)) {
    throw failure(
      2,
      `The field '${path.join('.')}' must be an array but is of type ${typeName(value)} in document {_id: ${JSON.stringify(document._id)}}`,
    );
  }
  setField(holder, name, [...value, ...pushed(operand)]);
};

const pushed = (operand: unknown): unknown[] => {
  if (!isDocument(operand) || !('$each' in operand)) return [operand];
  const { $each: items, ...others } = operand;
  if (Object.keys(others).length > 0) throw notInDouble(`${Object.keys(others)} in $push`);
  if (!Array.isArray(items)) throw failure(2, 'The argument to $each in $push must be an array');
  return items;
};

/** The update operators, each as it changes one field. */
export const CHANGES: Readonly<Record<string, Change>> = {
  $set: set,
  $setOnInsert: set,
  $unset: unset,
  $inc: increment,
  $push: push,
};

/** The name of a value's kind in the server's texts. */
const typeName = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Int32) return 'int';
  if (value instanceof Double) return 'double';
  if (value instanceof Long) return 'long';
  if (value instanceof Date) return 'date';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : isDocument(value) ? 'object' : 'other';
};
