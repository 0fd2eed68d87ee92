import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const run = (tool: string, ...words: string[]) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, '..', tool), ...words], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, lines: stderr.trim().split('\n') };
};

const TOOLS = [
  'attack-corpus',
  'bench',
  'build',
  'demo',
  'modules',
  'outside-tests',
  'reseal',
  'script-types',
  'soak',
  'start',
  'test',
];

it.each(TOOLS)('%s does nothing, and says why in one line, where an option is misspelt', (tool) => {
  const { status, stdout, lines } = run(`${tool}/main.ts`, '--exti');
  expect([status, stdout, lines]).toEqual([2, '', [expect.stringContaining("'--exti'")]]);
});

it.each([
  ['attack-corpus', '--grace-ms', 'is followed by another option', ['--grace-ms', '--json']],
  ['build', '--out', 'is the last word', ['--out']],
  ['build', '--commit', 'has an empty one', ['--commit=']],
  ['outside-tests', '--concurrency', 'is followed by another option', ['--concurrency', '--json']],
  ['soak', '--minutes', 'has an empty one', ['--minutes=']],
])('%s does nothing, and says why in one line, where %s should have a value and %s', (tool, option, _, words) => {
  const { status, stdout, lines } = run(`${tool}/main.ts`, ...words);
  expect([status, stdout, lines]).toEqual([2, '', [expect.stringContaining(`'${option}`)]]);
});
