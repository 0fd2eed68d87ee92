import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** The absolute path of one of the system's programs, looked for where the system keeps them and nowhere else. */
export const systemProgram = (name: string): string | undefined =>
  SYSTEM_FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));

/**
 * Absolute paths of the shared libraries (loader included) that the programs need, as the system's own loader finds them.
 * Empty where there is no `ldd`.
 */
export const sharedLibraries = (programs: readonly string[]): string[] => {
  const ldd = systemProgram('ldd');
  if (ldd === undefined) return [];
  const list = (program: string): string => {
    try {
      return execFileSync(ldd, [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      return ''; // a static program
    }
  };
  const found = programs.flatMap((program) =>
    [...list(program).matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path),
  );
  return [...new Set(found)].sort();
};
