import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const MAIN = join(import.meta.dirname, '../main.ts');

export type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** A folder of an author's, and the tool as it is called there. */
export const createAuthor = () => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-author-'));
  const write = (name: string, text: string | Buffer): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const userferry = (words: readonly string[], { input = '', at = '' } = {}): Ended => {
    const env = { ...process.env, INIT_CWD: join(folder, at) };
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8', env, input });
    return { status, stdout, stderr };
  };
  return { folder, write, userferry, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
};
