import { jsonDepthProblem } from '@userferry/grpc';
import type { JsonObject } from '@userferry/user-model';
import { invalidField } from './fields.ts';
import { roundsNumbers } from './rounds-numbers.ts';

const OBJECT_BYTES_MAX = 64 * 1024;

/**
 * A JSON object that is kept or handed on, from a caller's bytes; empty bytes are an empty object.
 * @throws ServiceError INVALID_ARGUMENT naming the field, also where a number would lose digits
 */
export const jsonObject = (field: string, bytes: Uint8Array): JsonObject => {
  const value = jsonFacts(field, bytes);
  checkNumbers(field, bytes);
  return value;
};

/**
 * The same with what applications sent and know. Its numbers are those that any script reads in JSON: no login fails for
 * a long one. Throws INVALID_ARGUMENT naming the field.
 */
export const jsonFacts = (field: string, bytes: Uint8Array): JsonObject => {
  if (bytes.length === 0) return {};
  if (bytes.length > OBJECT_BYTES_MAX) throw invalidField(field, `is larger than ${OBJECT_BYTES_MAX} bytes`);
  const value = parse(field, bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidField(field, 'must be a JSON object');
  return value as JsonObject;
};

/** A JSON array from a caller's bytes; empty bytes are an empty array. Throws as `jsonObject`. */
export const jsonArray = (field: string, bytes: Uint8Array): readonly unknown[] => {
  const value = bytes.length === 0 ? [] : parse(field, bytes);
  if (!Array.isArray(value)) throw invalidField(field, 'must be a JSON array');
  checkNumbers(field, bytes);
  return value;
};

const parse = (field: string, bytes: Uint8Array): unknown => {
  const text = textOf(bytes);
  const problem = jsonDepthProblem(text);
  if (problem !== undefined) throw invalidField(field, problem);
  try {
    return JSON.parse(text);
  } catch {
    throw invalidField(field, 'is not JSON');
  }
};

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

const checkNumbers = (field: string, bytes: Uint8Array): void => {
  if (bytes.length > 0 && roundsNumbers(textOf(bytes)))
    throw invalidField(field, 'has a number too large to be exact: send it as a string');
};
