/** Lets a limited number of works of one key run at a time; the others wait in their order. */
export type Turnstile = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export const createTurnstile = (atOnce: number): Turnstile => {
  const inside = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  const enter = async (key: string): Promise<void> => {
    const count = inside.get(key) ?? 0;
    if (count < atOnce) {
      inside.set(key, count + 1);
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(key, [...(waiting.get(key) ?? []), resolve]);
    await promise;
  };
  const leave = (key: string): void => {
    const [next, ...rest] = waiting.get(key) ?? [];
    if (rest.length > 0) waiting.set(key, rest);
    else waiting.delete(key);
    const count = (inside.get(key) ?? 1) - 1;
    if (next !== undefined) next();
    else if (count > 0) inside.set(key, count);
    else inside.delete(key);
  };
  return async (key, work) => {
    await enter(key);
    try {
      return await work();
    } finally {
      leave(key);
    }
  };
};
