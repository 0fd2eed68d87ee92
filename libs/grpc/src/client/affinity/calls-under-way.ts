/** How many calls of a key are under way at a replica. */
export type CallsUnderWay = {
  of(key: string, address: string): number;
  /** Notes one more; call what comes back when it has ended. */
  begin(key: string, address: string): () => void;
};

/** Of this client alone. What has none is not kept. */
export const createCallsUnderWay = (): CallsUnderWay => {
  const counts = new Map<string, number>();
  const change = (name: string, by: number): void => {
    const count = (counts.get(name) ?? 0) + by;
    if (count > 0) counts.set(name, count);
    else counts.delete(name);
  };
  return {
    of: (key, address) => counts.get(`${address} ${key}`) ?? 0,
    begin(key, address) {
      change(`${address} ${key}`, 1);
      return () => change(`${address} ${key}`, -1);
    },
  };
};
