/** docs/threat-model.md against the tests that it names. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

type Row = { readonly threat: string; readonly proof: string };
type Named = { readonly file: string; readonly title: string };

/** The rows of the tables that have proofs. */
function rowsOf(text: string): Row[] {
  const tables = text.split(/\n\n+/).filter((part) => /^\|[^\n]*\| proved by \|\n/.test(part));
  const lines = tables.flatMap((table) => table.split('\n').slice(2));
  return lines
    .filter((line) => line.startsWith('|'))
    .map((line) => {
      const [, threat = '', , proof = ''] = line.split('|').map((cell) => cell.trim());
      return { threat, proof };
    });
}

/** The tests in a row: after each file the titles that belong to it. */
function testsOf({ proof }: Row): Named[] {
  const files = Array.from(proof.matchAll(/`([^`]+\.test\.ts)`: ((?:"[^"]+"(?:, )?)+)/g));
  return files.flatMap(([, file = '', titles = '']) =>
    Array.from(titles.matchAll(/"([^"]+)"/g), ([, title = '']) => ({
      file: file.replace(/^sandbox\//, 'libs/sandbox/src/'),
      title,
    })),
  );
}

/** Whether the file has the title as the beginning and end of a text of its own. */
const hasTitle = (source: string, title: string): boolean =>
  ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));

/** What is wrong with a document of threats, in words. */
function problemsOf(text: string): string[] {
  const rows = rowsOf(text);
  const unproved = rows.filter((row) => testsOf(row).length === 0).map(({ threat }) => `"${threat}" names no test`);
  const missing = rows.flatMap(testsOf).flatMap(({ file, title }) => {
    if (!existsSync(`${root}${file}`)) return [`${file} is not there`];
    return hasTitle(read(file), title) ? [] : [`${file} has no test "${title}"`];
  });
  return [...unproved, ...missing];
}

describe('docs/threat-model.md', () => {
  const text = read('docs/threat-model.md');

  it('names tests that are there, for every threat', () => {
    expect(rowsOf(text).length).toBeGreaterThan(30);
    expect(rowsOf(text).flatMap(testsOf).length).toBeGreaterThan(90);
    expect(problemsOf(text)).toEqual([]);
  });

  it('is read so that a threat without a test, or with one that has gone, is noticed', () => {
    const table = (proof: string): string =>
      `text\n\n| threat | walls | proved by |\n|---|---|---|\n| x | y | ${proof} |\n`;
    const file = 'tools/docs/threat-model.test.ts';
    expect(problemsOf(table('–'))).toEqual(['"x" names no test']);
    expect(problemsOf(table('`no/such.test.ts`: "a title"'))).toEqual(['no/such.test.ts is not there']);
    // Put together, so that it does not stand in this file.
    const gone = ['a', 'title', 'that', 'went'].join(' ');
    expect(problemsOf(table(`\`${file}\`: "${gone}"`))).toEqual([`${file} has no test "${gone}"`]);
    expect(problemsOf(table(`\`${file}\`: "names tests that are there, for every threat"`))).toEqual([]);
  });
});
