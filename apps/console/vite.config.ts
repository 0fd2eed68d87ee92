import { defineConfig } from 'vite';
import { languageTexts } from './build/language-texts.ts';

/** Served by the gateway under `/console/`, with a policy that lets neither inline scripts nor inline styles run. */
export default defineConfig({
  base: '/console/',
  plugins: [languageTexts()],
  worker: { format: 'es', plugins: () => [languageTexts()] },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // named, so that what is loaded first can be held against its budget
    // the thread of the language service is TypeScript itself, and comes when an editor is open
    chunkSizeWarningLimit: 7_000,
    manifest: 'manifest.json',
    // packages say "use client" for servers that render; there is none here
    rolldownOptions: {
      onwarn: (warning, warn) => warning.code !== 'MODULE_LEVEL_DIRECTIVE' && warn(warning),
      // how long each plugin took is nothing to warn of
      checks: { bundlerTimings: false },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
