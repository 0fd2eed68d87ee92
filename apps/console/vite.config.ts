import { defineConfig } from 'vite';

/** Served by the gateway under `/console/`, with a policy that lets neither inline scripts nor inline styles run. */
export default defineConfig({
  base: '/console/',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // named, so that what is loaded first can be held against its budget
    manifest: 'manifest.json',
    // packages say "use client" for servers that render; there is none here
    rolldownOptions: { onwarn: (warning, warn) => warning.code !== 'MODULE_LEVEL_DIRECTIVE' && warn(warning) },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
