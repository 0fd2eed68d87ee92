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

it.each(['demo/main.ts', 'bench/main.ts', 'test/main.ts', 'start/main.ts', 'reseal/main.ts'])(
  '%s does nothing, and says why in one line, where an option is misspelt',
  (tool) => {
    const { status, stdout, lines } = run(tool, '--exti');
    expect([status, stdout, lines]).toEqual([2, '', [expect.stringContaining("'--exti'")]]);
  },
);
