import type { AsyncFunctions } from './store-failures.ts';

/** One call of the store, by the repository and the function. Nothing of what it is asked or answers. */
export type StoreCall = { readonly repository: string; readonly call: string };

/** Stands around every call of the store, where it can be timed. It must answer as the call does. */
export type AroundStoreCall = <T>(call: StoreCall, work: () => Promise<T>) => Promise<T>;

/** The same functions, each with `around` about it. */
export const withWatch = <T extends AsyncFunctions>(repository: string, functions: T, around: AroundStoreCall): T =>
  Object.fromEntries(
    Object.entries(functions).map(([call, run]) => [
      call,
      (...args: never[]) => around({ repository, call }, () => run(...args)),
    ]),
  ) as T;
