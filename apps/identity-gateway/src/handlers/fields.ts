import { ServiceError } from '@userferry/errors';
import { actionOfNumber, languageOfNumber, type ScriptAction, type ScriptLanguage } from '@userferry/script-contract';
import { textProblem } from '@userferry/user-model';

export const invalidField = (field: string, problem: string): ServiceError =>
  new ServiceError('INVALID_ARGUMENT', `${field} ${problem}`, { metadata: { field } });

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
