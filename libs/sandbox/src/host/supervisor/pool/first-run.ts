import type { IsolateHost } from '../hosts/isolate-host.ts';

/**
 * On few processors the birth of a blank host takes what the first run of the one just taken needs: those that nobody waits
 * for begin after it, or after so long.
 */
const FIRST_RUN_MS = 250;

/** Tells whether the host that was taken last is still in its first run. */
export const createFirstRun = (serve: () => void) => {
  let last: { readonly host: IsolateHost; readonly sinceMs: number } | undefined;
  return {
    begins(host: IsolateHost): void {
      last = { host, sinceMs: performance.now() };
      setTimeout(serve, FIRST_RUN_MS).unref();
    },
    isOn: (): boolean =>
      last?.host.alive === true &&
      last.host.begun === last.host.runs &&
      performance.now() - last.sinceMs < FIRST_RUN_MS,
  };
};
