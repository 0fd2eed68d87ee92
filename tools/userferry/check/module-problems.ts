import { closest } from '@userferry/process';
import { moduleOf } from '@userferry/script-contract';
import type { ScriptFile } from '../script-file.ts';
import { insteadOf } from './other-packages.ts';
import type { Problem } from './problem.ts';

const REQUIRE = /\brequire\(\s*(['"])([^'"\n]+)\1\s*\)/g;

const placeOf = (source: string, at: number) => {
  const before = source.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
};

const bare = (name: string): string => name.replace(/^node:/, '');

/** Modules that are required by their name and that scripts do not have. */
export const moduleProblems = ({ name: file, source }: ScriptFile, offered: readonly string[]): readonly Problem[] =>
  [...source.matchAll(REQUIRE)]
    .filter(([, , name = '']) => !offered.includes(moduleOf(name)))
    .map(({ 0: text, 2: name = '', index }) => {
      const place = placeOf(source, index + text.indexOf(name));
      return { file, ...place, message: `Cannot find module '${name}'`, hint: hintFor(name, offered) };
    });

const hintFor = (name: string, offered: readonly string[]): string => {
  if (name.startsWith('.')) return 'a script is one file: put the helpers into it';
  const instead = insteadOf(name, offered);
  if (instead !== undefined) return instead;
  const meant = closest(bare(name), offered);
  return meant === undefined ? `there are ${offered.join(', ')}` : `did you mean ${meant}?`;
};
