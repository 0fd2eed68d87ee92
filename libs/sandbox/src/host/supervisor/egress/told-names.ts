/** Which names led to an address, as far as our own resolver has told one run. */
export type ToldNames = {
  /** The resolver has answered a question for `name` with `address`. */
  remember(name: string, address: string): void;
  /** The names that led to `address`; none when a script has it from elsewhere. */
  namesOf(address: string): readonly string[];
};

const PAIRS_MAX = 256;

/**
 * The memory of one run. A driver that resolves by itself and connects to the address (mssql does) is then judged by the
 * rule for the name that it was given. What is beyond the bound is not remembered, so not allowed by name.
 */
export const createToldNames = (): ToldNames => {
  const names = new Map<string, Set<string>>();
  let pairs = 0;
  return {
    remember(name, address) {
      const known = names.get(address) ?? new Set();
      if (known.has(name) || pairs >= PAIRS_MAX) return;
      pairs += 1;
      names.set(address, known.add(name));
    },
    namesOf: (address) => [...(names.get(address) ?? [])],
  };
};
