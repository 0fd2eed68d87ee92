/** What `userferry` ends with. */
export const EXIT = {
  /** Everything came out as asked for. */
  ok: 0,
  /** The script, a check or a case did not. */
  failed: 1,
  /** The command line, a file or a setting cannot be used. */
  misuse: 2,
  /** The tool itself could not work: no sandbox, no database. */
  broken: 3,
} as const;
