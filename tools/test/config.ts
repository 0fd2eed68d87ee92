import { availableParallelism, totalmem } from 'node:os';
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
