#!/usr/bin/env node
// `npx userferry …` in a clone, and `node …/tools/userferry/bin.mjs …` from anywhere. Plain JavaScript for any Node.
process.env.INIT_CWD = process.cwd();
process.argv.splice(2, 0, 'userferry');
await import('../bootstrap.mjs');
