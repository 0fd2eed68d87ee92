import { byteLength } from './text.ts';

/** Longest new password in bytes of UTF-8. */
const NEW_PASSWORD_BYTES_MAX = 4096;

/**
 * What is wrong with a password that somebody chooses now, as a whole sentence, or `undefined`. Never asked about one
 * that a legacy user store has proven: that would lock its owner out.
 */
export const newPasswordProblem = (password: string, charactersMin: number): string | undefined => {
  if ([...password].length < charactersMin) return `a new password must have at least ${charactersMin} characters`;
  return byteLength(password) > NEW_PASSWORD_BYTES_MAX
    ? `a new password must be at most ${NEW_PASSWORD_BYTES_MAX} bytes`
    : undefined;
};
