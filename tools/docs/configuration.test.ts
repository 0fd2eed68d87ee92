import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string) => readFileSync(`${root}${path}`, 'utf8');

it('docs/configuration.md names every variable that is read, and no other', () => {
  const files = globSync(['apps/*/src/**/config.ts', 'tools/start/config.ts', 'libs/process/src/fields.ts'], {
    cwd: root,
  });
  expect(files).toHaveLength(7);
  const read = files.flatMap((file) =>
    [...text(file).matchAll(/\b(USERFERRY_\w+|PUBLIC_IPS|DATABASE_URL): /g)].map(([, name]) => name),
  );
  const documented = [...text('docs/configuration.md').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect([...new Set(documented)].sort()).toEqual([...new Set(read)].sort());
});
