import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('what is written of scripts and their workbench is current, else `npm run generate`', () => {
  const main = join(import.meta.dirname, 'main.ts');
  expect(execFileSync(process.execPath, [main, '--check'], { encoding: 'utf8' })).toBe('');
});
