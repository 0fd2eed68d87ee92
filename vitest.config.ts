import { defineConfig } from 'vitest/config';
import { NODE_FLAGS } from './libs/sandbox/src/bridge/node-flags.ts';
import { LongFirst } from './tools/test/long-first.ts';

/** One configuration for every workspace: a test that hangs fails by name, and no test may be focused. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
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
