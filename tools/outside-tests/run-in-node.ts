import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Ran = {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** The first line that says why it failed. */
  readonly error?: string;
};

const firstError = (text: string): string => {
  const lines = text.split('\n').map((line) => line.trim());
  const told = lines.find((line) => /^(?:\w+ )*\[?\w*(?:Error|Exception)\b/.test(line) && !line.startsWith('throw '));
  return (told ?? lines.find((line) => line !== '') ?? 'no word of why').slice(0, 300);
};

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

const ended = (file: string, limitMs: number): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', file], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout = `${stdout}${chunk}`.slice(-20_000)));
    child.stderr.on('data', (chunk) => (stderr = `${stderr}${chunk}`.slice(-20_000)));
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });

/** Runs a bundled test file as a program of plain Node, killed after `limitMs`. */
export const runInNode = async (program: string, limitMs: number): Promise<Ran> => {
  const folder = mkdtempSync(join(tmpdir(), 'outside-test-'));
  try {
    const file = join(folder, 'test.cjs');
    writeFileSync(file, program);
    const { code, stdout, stderr } = await ended(file, limitMs);
    if (code === 0) return { outcome: /^skipped: /m.test(stdout) ? 'skipped' : 'passed' };
    return { outcome: 'failed', error: code === null ? `not over after ${limitMs} ms` : firstError(stderr || stdout) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
