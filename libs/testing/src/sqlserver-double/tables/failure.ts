/** An error of the server's, thrown by a statement. `endsBatch` where a real server leaves the rest of the batch too. */
export type StatementFailure = Error & { number: number; class: number; state: number; endsBatch: boolean };

/** An error with that number and text; class 16, state 1 and the end of the batch unless told. */
export const failure = (
  number: number,
  message: string,
  more: Partial<Pick<StatementFailure, 'class' | 'state' | 'endsBatch'>> = {},
): StatementFailure => Object.assign(new Error(message), { number, class: 16, state: 1, endsBatch: true, ...more });

/** Whether it is one of ours. */
export const isFailure = (error: unknown): error is StatementFailure =>
  error instanceof Error && 'number' in error && 'endsBatch' in error;
