import { FUNCTION_MODULE } from '../../bridge/function-module.ts';

const REQUIRE = /\brequire\s*\(\s*(['"`])([^'"`\n]{1,100})\1\s*\)/g;

/** Globals of the web platform that lie in a bundle of their own, as names that nothing stands before. */
const WEB =
  /(?<![.\w$])(?:fetch|Headers|Request|Response|FormData|\w+(?<=Readable|Writable|Transform|coder|ompression)Stream)(?![\w$])/;
const WEB_BUNDLE = '#web';

/** Packages that a source seems to require: loaded before its run. What this misses is fetched when it is required. */
export function requiredPackages(source: string, known: ReadonlyMap<string, unknown>): string[] {
  const names = Array.from(source.matchAll(REQUIRE), ([, , name = '']) => name.replace(FUNCTION_MODULE, '$1'));
  if (WEB.test(source)) names.push(WEB_BUNDLE);
  return [...new Set(names)].filter((name) => known.has(name));
}
