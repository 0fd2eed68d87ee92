import { defineConfig } from 'vitest/config';

/** One configuration for every workspace: a test that hangs fails by name, and no test may be focused. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    allowOnly: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    execArgv: ['--no-node-snapshot'],
  },
});
