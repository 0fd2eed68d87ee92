import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { NODE_FLAGS } from './libs/sandbox/src/bridge/node-flags.ts';
import { LongFirst } from './tools/test/long-first.ts';

const EXCLUDED = ['**/node_modules/**', '**/dist/**'];

/** What is long anyway, and what changes its whole process or counts what is in it, has a process for each file. */
const OWN_PROCESS = [
  'e2e/**/*.test.ts',
  'tools/**/*.test.ts',
  'libs/sandbox/**/*.test.ts',
  // takes the tests of the store through a pooler
  'libs/user-store/src/through-pooler.test.ts',
  // resolves names otherwise, which is read when grpc-js is loaded
  'libs/grpc/src/client/new-replica.test.ts',
  // sets the clock, by which fetch keeps what others have opened
  'apps/identity-gateway/src/access/token/signing-keys.test.ts',
].map((pattern) => join(import.meta.dirname, pattern));

/** Those of them below the folder that vitest is run in. */
const ownHere = OWN_PROCESS.map((pattern) => relative('', pattern)).filter((pattern) => !pattern.startsWith('..'));

/**
 * One configuration for every workspace: a test that hangs fails by name, and no test may be focused. Short files share processes: to
 * start one for each and to load everything into it again took as long as all of their tests.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'shared', isolate: false, include: ['**/*.test.ts'], exclude: [...EXCLUDED, ...OWN_PROCESS] },
      },
      { extends: true, test: { name: 'own', include: ownHere, exclude: EXCLUDED } },
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
