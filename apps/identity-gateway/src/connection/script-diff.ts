import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

export type DiffSide = { readonly source: string; readonly version: bigint };

/** More changed lines than that are not worth the time of everybody else's calls. */
const CHANGED_LINES_MAX = 1_000;

const linesOf = (source: string): string[] => (source === '' ? [] : source.replace(/\n$/, '').split('\n'));

/** All of one side goes, all of the other comes. */
const replaced = (from: DiffSide, to: DiffSide, name: string): string => {
  const [before, after] = [linesOf(from.source), linesOf(to.source)];
  return [
    `--- ${name}\tversion ${from.version}`,
    `+++ ${name}\tversion ${to.version}`,
    `@@ -1,${before.length} +1,${after.length} @@`,
    ...before.map((line) => `-${line}`),
    ...after.map((line) => `+${line}`),
    '',
  ].join('\n');
};

/** Two versions of a script as `diff -u` prints them; of scripts with little in common, one after the other. */
export const scriptDiff = (name: string, from: DiffSide, to: DiffSide): string => {
  const [before, after] = [`version ${from.version}`, `version ${to.version}`];
  const options = { headerOptions: FILE_HEADERS_ONLY, maxEditLength: CHANGED_LINES_MAX };
  const patch = createTwoFilesPatch(name, name, from.source, to.source, before, after, options);
  return patch ?? replaced(from, to, name);
};
