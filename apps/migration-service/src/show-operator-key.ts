/** For the one time that it is known, and past the log, which is kept: the first operator key, on standard error. */
export const showOperatorKey = (key: string | undefined): void => {
  if (key === undefined) return;
  process.stderr.write(`\nThe first operator key, shown this once and stored nowhere:\n\n  ${key}\n\n`);
};
