import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const module = JSON.stringify(new URL('end-soon.ts', import.meta.url).href);

const run = (before: string) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', `${before}; (await import(${module})).endSoon();`], {
    encoding: 'utf8',
    timeout: 50_000,
  });

describe('a process whose work is done', () => {
  it('ends with its exit code although something still holds it, and what it had to say is said', () => {
    const held = "setInterval(() => undefined, 1_000); process.exitCode = 3; process.stdout.write('x'.repeat(100_000))";
    const { status, stdout } = run(held);
    expect(status).toBe(3);
    expect(stdout).toHaveLength(100_000);
  });

  it('ends by itself where nothing holds it', () => {
    // Told when nothing is left to wait for, and not when the process is ended.
    const { status, stdout } = run("process.on('beforeExit', () => process.stdout.write('by itself'))");
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'by itself' });
  });
});
