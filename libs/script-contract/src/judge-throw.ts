import type { ScriptError } from './outcomes.ts';

/** What a script meant by throwing: it refused the user for a stated cause, or it broke. */
export type ThrowVerdict = 'wrong_password' | 'user_not_found' | 'user_exists' | 'validation' | 'rejected' | 'broken';

const EXPLICIT: Readonly<Record<string, ThrowVerdict>> = {
  WrongUsernameOrPasswordError: 'wrong_password',
  UserNotFoundError: 'user_not_found',
  UserExistsError: 'user_exists',
  ValidationError: 'validation',
};

const isPlain = (name: string): boolean => name === 'Error';

/**
 * Whether an error's name is one that says what a script meant. Such a name is a word of the contract and tells nothing
 * of a user: nothing that a user typed may change it on its way, or a wrong password would read as a broken script.
 */
export const isMeaningfulName = (name: string): boolean => isPlain(name) || Object.hasOwn(EXPLICIT, name);

/**
 * Reads a thrown error (outcome `threw`). A plain `Error` without a code is the script's own refusal. One that carries a
 * code (a driver's or Node's) or another class (TypeError, a driver's error class) is a script that broke: whether the
 * password was right is then not known.
 */
export const judgeThrow = (error: ScriptError | undefined): ThrowVerdict => {
  if (error === undefined) return 'broken';
  const explicit = Object.hasOwn(EXPLICIT, error.name) ? EXPLICIT[error.name] : undefined;
  if (explicit !== undefined) return explicit;
  return isPlain(error.name) && error.code === undefined ? 'rejected' : 'broken';
};
