import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KNOWN_VARIABLES } from '@userferry/process';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string) => readFileSync(`${root}${path}`, 'utf8');

it('docs/configuration.md names every variable that is read, and no other; so does the list of known ones', () => {
  const files = globSync(
    ['apps/*/src/**/config.ts', 'tools/start/config.ts', 'libs/process/src/{fields,transport}.ts'],
    {
      cwd: root,
    },
  );
  expect(files).toHaveLength(10);
  const read = files.flatMap((file) =>
    [...text(file).matchAll(/\b(USERFERRY_\w+|PUBLIC_IPS|DATABASE_URL): /g)].map(([, name]) => name),
  );
  const known = KNOWN_VARIABLES.filter((name) => name !== 'USERFERRY_STOP_WITH_STDIN');
  expect([...known].sort()).toEqual([...new Set(read)].filter((name) => name?.startsWith('USERFERRY_')).sort());
  const documented = [...text('docs/configuration.md').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect([...new Set(documented)].sort()).toEqual([...new Set(read)].sort());
});
