import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { documentedFunctions } from './documented.ts';
import { GUEST_NAMES_FILE, generatedTexts, PAGE_FILE } from './generate.ts';
import { modulesPage } from './page.ts';

const hint = 'run `npm run generate`';

describe('what is generated about modules', () => {
  let fresh: Awaited<ReturnType<typeof generatedTexts>>;
  beforeAll(async () => {
    Object.assign(process, { noDeprecation: true });
    fresh = await generatedTexts();
  });

  it('docs/modules.md says what the sandbox has', () => {
    expect(readFileSync(PAGE_FILE, 'utf8'), hint).toBe(fresh.page);
  });

  it('the guest knows every function that this Node documents', () => {
    expect(readFileSync(GUEST_NAMES_FILE, 'utf8'), hint).toBe(fresh.guestNames);
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
