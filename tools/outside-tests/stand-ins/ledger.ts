/** What a test file owes and what became of it: kept by the frame, written by the stand-ins. Runs in Node and in the isolate. */
export type ExpectedCalls = {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  made: number;
};

export type Ledger = {
  readonly calls: ExpectedCalls[];
  /** Things that were begun and have not ended: queued tests, for example. */
  pending: number;
  /** Ask whether something of the file would still keep a program alive. */
  readonly keepers: Set<() => boolean>;
  /** The first failure that no caller could be given. */
  failure: unknown;
  /** The file ended the program by itself, with 0. */
  isOver: boolean;
};

export const ledger: Ledger = { calls: [], pending: 0, keepers: new Set(), failure: undefined, isOver: false };

/** Thrown by a file that wants to be skipped. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

export const fail = (error: unknown): void => {
  ledger.failure ??= error ?? new Error('failed with nothing');
};

/** The expectations that do not hold, as one line; `undefined` when all do. */
export const brokenExpectations = (): string | undefined => {
  const broken = ledger.calls.filter(({ made, min, max }) => made < min || made > max);
  if (broken.length === 0) return undefined;
  return broken.map(({ name, min, max, made }) => `${name} was called ${made} times, not ${min}..${max}`).join('; ');
};

export const hasUnmetExpectations = (): boolean => ledger.calls.some(({ made, min }) => made < min);
