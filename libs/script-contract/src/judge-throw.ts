import type { ScriptError } from './outcomes.ts';

/** What a script meant by throwing: it refused the user for a stated cause, or it broke. */
export type ThrowVerdict = 'wrong_password' | 'user_not_found' | 'user_exists' | 'validation' | 'rejected' | 'broken';

const EXPLICIT: Readonly<Record<string, ThrowVerdict>> = {
  WrongUsernameOrPasswordError: 'wrong_password',
  UserNotFoundError: 'user_not_found',
  UserExistsError: 'user_exists',
  ValidationError: 'validation',
};

/**
 * Reads a thrown error (outcome `threw`). A plain `Error` without a code is the script's own refusal. One that carries a
 * code (a driver's or Node's) or another class (TypeError, a driver's error class) is a script that broke: whether the
 * password was right is then not known.
 */
export const judgeThrow = (error: ScriptError | undefined): ThrowVerdict => {
  if (error === undefined) return 'broken';
  const explicit = Object.hasOwn(EXPLICIT, error.name) ? EXPLICIT[error.name] : undefined;
  if (explicit !== undefined) return explicit;
  return error.name === 'Error' && error.code === undefined ? 'rejected' : 'broken';
};
