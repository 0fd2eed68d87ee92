import { defineConfig } from 'vitest/config';
import { NODE_FLAGS } from './libs/sandbox/src/bridge/node-flags.ts';
import { LongFirst } from './tools/test/long-first.ts';

const EXCLUDED = ['**/node_modules/**', '**/dist/**'];

/** What changes its whole process, or counts what is in it. */
const OWN_PROCESS = [
  // takes the tests of the store through a pooler
  '**/user-store/src/through-pooler.test.ts',
  // resolves names otherwise, which is read when grpc-js is loaded
  '**/grpc/src/client/new-replica.test.ts',
  // holds the entries of plain Node's performance against those of an isolate
  '**/isolate-host/performance.test.ts',
  // counts processes, threads and descriptors
  '**/soak/soak.test.ts',
];

/**
 * One configuration for every workspace: a test that hangs fails by name, and no test may be focused. Files share processes: to start
 * one for each and to load everything into it again took as long as half of the short ones.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'shared', isolate: false, include: ['**/*.test.ts'], exclude: [...EXCLUDED, ...OWN_PROCESS] },
      },
      { extends: true, test: { name: 'own', include: OWN_PROCESS, exclude: EXCLUDED } },
    ],
    allowOnly: false,
    sequence: { sequencer: LongFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is waited for comes when it comes: a second is too short on a machine that is busy.
    expect: { poll: { timeout: 30_000 } },
    // Some tests make isolates themselves.
    execArgv: NODE_FLAGS.filter((flag) => flag.includes('snapshot')),
  },
});
