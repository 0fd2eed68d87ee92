/** A problem keeps a script from being saved; a warning does not. */
export type Problem = {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly severity: 'error' | 'warning';
};
