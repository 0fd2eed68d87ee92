import { chmodSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Each of hundreds of processes would parse the same sources anew. Node keeps one entry a file there. */
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));

/** The environment of every program that the tests run: temporary files in `scratch`, nx without cache, daemon and colours. */
export function runnerEnvironment(scratch: string): NodeJS.ProcessEnv {
  const { NO_COLOR: _, ...environment } = process.env; // Node warns when both are set
  return {
    ...environment,
    TMPDIR: scratch,
    NX_SKIP_NX_CACHE: 'true',
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    FORCE_COLOR: '0',
    NODE_COMPILE_CACHE: COMPILED,
    CI: 'true',
  };
}

/** What a test file with servers, services and a browser of its own may hold, in bytes. */
const FILE_BYTES = 3 * 2 ** 30;

/** Files that are tested at a time: more than there are processors, since most of them wait for something as a rule. */
export const workersAtOnce = (): number =>
  Math.max(1, Math.min(Math.ceil(availableParallelism() * 1.5), Math.floor(totalmem() / FILE_BYTES)));

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
