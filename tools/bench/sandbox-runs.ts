import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { RunRequest } from '@userferry/sandbox';
import { LIMITS } from '@userferry/script-contract';

/** What `npm run build` of libs/sandbox makes. */
export const runtimeFolder = fileURLToPath(new URL('../../libs/sandbox/dist/runtime', import.meta.url));
export const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A login run of one connection, with whatever else is given. */
export const runOf = (given: Partial<RunRequest> & Pick<RunRequest, 'source'>): RunRequest => ({
  runId: randomUUID(),
  connectionKey: 'bench',
  functionName: 'login',
  argsJson: '[]',
  env: {},
  secretNames: [],
  redactProfile: false,
  timeoutMs: LIMITS.timeoutMsDefault,
  memoryLimitBytes: LIMITS.memoryLimitBytesDefault,
  ...given,
});
