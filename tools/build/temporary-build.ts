import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './paths.ts';

/**
 * Builds every app, or those named among the arguments, into a folder of its own outside the repository, which is the
 * caller's to remove.
 */
export const temporaryBuild = async (
  ...args: string[]
): Promise<{ readonly folder: string; readonly said: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-built-'));
  // Other users may start what is in it.
  chmodSync(folder, 0o755);
  const command = [join(ROOT, 'tools/build/main.ts'), '--out', folder, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: ROOT });
  return { folder, said: stdout };
};
