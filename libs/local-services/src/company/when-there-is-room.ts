const TRIES_MAX = 20;

const isBusy = (error: unknown): boolean => (error as { readonly reason?: unknown }).reason === 'RUNNER_OVERLOADED';

/** On a machine that is busy, a script cannot be checked at once: the call has not begun, and is made again. */
export const whenThereIsRoom = async <T>(call: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isBusy(error) || tries === TRIES_MAX) throw error;
    }
  }
};
