import { chmodSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** What temporary files of all that runs at a time may hold, in bytes. */
const SCRATCH_BYTES = 4 * 2 ** 30;

/** A new folder for temporary files; in memory where there is room, since every server begins with a thousand small ones. */
export function makeScratch(): string {
  const folder = mkdtempSync(join(takesFiles(MEMORY) ? MEMORY : tmpdir(), 'userferry-'));
  chmodSync(folder, 0o1777); // as any such folder: servers run as somebody else
  return folder;
}

function takesFiles(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .findLast((line) => line.split(' ')[1] === folder);
    return mount !== undefined && !/\b(noexec|ro)\b/.test(mount) && bavail * bsize >= SCRATCH_BYTES;
  } catch {
    return false; // not on this system
  }
}
