/** Which packages a script requires: from its text, and from what its runs have asked for. */
import { requiredPackages } from './required-packages.ts';

export type KnownPackages = {
  /** Those that a source seems to require, and those that runs under its key were seen to require. */
  seenIn(source: string, key: string): readonly string[];
  /** The same without the source, which was seen before. */
  of(key: string): readonly string[];
  /** Notes that a run asked for one; what is not known as a package is nothing. */
  add(key: string, packageName: string): void;
};

/** Scripts, and versions of them, that are remembered. */
const KEYS_MAX = 64;

export function createKnownPackages(known: ReadonlyMap<string, unknown>): KnownPackages {
  const byKey = new Map<string, Set<string>>();

  const entry = (key: string, make: () => readonly string[]): Set<string> => {
    const found = byKey.get(key) ?? new Set(make());
    byKey.delete(key);
    byKey.set(key, found);
    for (const oldest of byKey.keys()) {
      if (byKey.size <= KEYS_MAX) break;
      byKey.delete(oldest);
    }
    return found;
  };
  return {
    seenIn: (source, key) => [...entry(key, () => requiredPackages(source, known))],
    of: (key) => [...(byKey.get(key) ?? [])],
    add(key, packageName) {
      if (known.has(packageName)) entry(key, () => []).add(packageName);
    },
  };
}
