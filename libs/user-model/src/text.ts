const encoder = new TextEncoder();

/** Length of a text in bytes of UTF-8. */
export const byteLength = (text: string): number => encoder.encode(text).length;

/** Why a database could not keep this text as it is, or `undefined`. PostgreSQL has no NUL and no half surrogates. */
export const textProblem = (text: string): string | undefined => {
  if (text.includes('\u0000')) return 'must not hold a NUL character';
  return text.isWellFormed() ? undefined : 'must be valid Unicode';
};
