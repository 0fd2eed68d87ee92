const REQUIRE = /\brequire\s*\(\s*(['"`])([^'"`\n]{1,100})\1\s*\)/g;

/** Packages that a source seems to require: loaded before its run. What this misses is fetched when it is required. */
export function requiredPackages(source: string, known: ReadonlyMap<string, unknown>): string[] {
  const names = Array.from(source.matchAll(REQUIRE), (match) => match[2] as string);
  return [...new Set(names)].filter((name) => known.has(name));
}
