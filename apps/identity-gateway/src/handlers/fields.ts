import { ServiceError } from '@userferry/errors';
import { jsonDepthProblem } from '@userferry/grpc';
import { actionOfNumber, languageOfNumber, type ScriptAction, type ScriptLanguage } from '@userferry/script-contract';
import { type JsonObject, textProblem } from '@userferry/user-model';

const METADATA_BYTES_MAX = 64 * 1024;

export const invalidField = (field: string, problem: string): ServiceError =>
  new ServiceError('INVALID_ARGUMENT', `${field} ${problem}`, { metadata: { field } });

/** A JSON object from a caller's bytes; empty bytes are an empty object. Throws INVALID_ARGUMENT naming the field. */
export const jsonObject = (field: string, bytes: Uint8Array): JsonObject => {
  if (bytes.length === 0) return {};
  if (bytes.length > METADATA_BYTES_MAX) throw invalidField(field, `is larger than ${METADATA_BYTES_MAX} bytes`);
  const value = parse(field, bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidField(field, 'must be a JSON object');
  return value as JsonObject;
};

/** A JSON array from a caller's bytes; empty bytes are an empty array. Throws INVALID_ARGUMENT naming the field. */
export const jsonArray = (field: string, bytes: Uint8Array): readonly unknown[] => {
  const value = bytes.length === 0 ? [] : parse(field, bytes);
  if (!Array.isArray(value)) throw invalidField(field, 'must be a JSON array');
  return value;
};

const parse = (field: string, bytes: Uint8Array): unknown => {
  const text = Buffer.from(bytes).toString('utf8');
  const problem = jsonDepthProblem(text);
  if (problem !== undefined) throw invalidField(field, problem);
  try {
    return JSON.parse(text);
  } catch {
    throw invalidField(field, 'is not JSON');
  }
};

/** Text of 1 to `max` characters that a database can keep. Throws INVALID_ARGUMENT naming the field. */
export const name = (field: string, value: string, max = 256): string => {
  const trimmed = value.trim();
  if (trimmed === '' || trimmed.length > max) throw invalidField(field, `must have 1 to ${max} characters`);
  const problem = textProblem(trimmed);
  if (problem !== undefined) throw invalidField(field, problem);
  return trimmed;
};

/** Blanks and what is not drawn: controls, joiners, marks of direction, fillers, the empty Braille cell. */
const INVISIBLE = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** A name by which people find something in a list. Throws INVALID_ARGUMENT naming the field. */
export const visibleName = (field: string, value: string): string => {
  const given = name(field, value);
  if (INVISIBLE.test(given)) throw invalidField(field, 'must have a character that can be seen');
  return given;
};

/** A script action. Throws INVALID_ARGUMENT naming the field. */
export const actionField = (field: string, wire: number): ScriptAction => {
  const action = actionOfNumber(wire);
  if (action === undefined) throw invalidField(field, 'is not a script action');
  return action;
};

/** A language that scripts may be written in. Throws INVALID_ARGUMENT naming the field. */
export const languageField = (field: string, wire: number): ScriptLanguage => {
  const language = languageOfNumber(wire);
  if (language === undefined) throw invalidField(field, 'is not a language of scripts');
  return language;
};

const PAGE_SIZE_MAX = 200;
const PAGE_SIZE_DEFAULT = 50;
/** A name of 256 characters, of which JSON may take six for each, and base64 a third more. */
const PAGE_TOKEN_LENGTH_MAX = 4_096;

/** The size and the place of a page. Throws INVALID_ARGUMENT naming the field. */
export const pageFields = ({ pageSize, pageToken }: { readonly pageSize: number; readonly pageToken: string }) => {
  if (pageSize < 0 || pageSize > PAGE_SIZE_MAX) throw invalidField('page_size', `must be 1 to ${PAGE_SIZE_MAX}`);
  if (pageToken.length > PAGE_TOKEN_LENGTH_MAX) throw invalidField('page_token', 'is not a page token');
  return { pageSize: pageSize || PAGE_SIZE_DEFAULT, pageToken };
};
