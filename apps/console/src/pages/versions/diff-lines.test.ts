import { expect, it } from 'vitest';
import { diffLines } from './diff-lines.ts';

const HEAD = 'Index: login\n===================\n--- login\n+++ login\n';

const textsOf = (unified: string) => diffLines(unified).map(({ text }) => text);

it('shows a changed line whatever it begins with, since a reviewer sees nothing else of it', () => {
  const lines = ['@@ -1,3 +1,3 @@', ' a', '---tries;', '+++tries; return { id: 1 };', '--- a comment', ' b'];
  expect(textsOf(`${HEAD}${lines.join('\n')}\n`)).toEqual(lines);
});

it('shows neither the names of files nor that the last line has no end', () => {
  const lines = ['@@ -1,1 +1,1 @@', '-a', '+b'];
  expect(textsOf(`${HEAD}${lines.join('\n')}\n\\ No newline at end of file\n`)).toEqual(lines);
});

it('tells added lines from removed ones, and both from what stayed', () => {
  const kinds = diffLines('@@ -1,2 +1,2 @@\n same\n---gone\n+++new\n').map(({ kind }) => kind);
  expect(kinds).toEqual(['place', 'same', 'removed', 'added']);
});

it('has no lines where only the language of a script changed', () => {
  expect(diffLines(HEAD)).toEqual([]);
});
