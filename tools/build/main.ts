/** `node tools/build/main.ts [APP…] [--out FOLDER] [--commit REVISION]`: self-contained folders, by default under dist/. */
import { join, resolve } from 'node:path';
import { readArguments } from '../command-line/read-arguments.ts';
import { APPS, isAppName } from './apps.ts';
import { buildApp, currentCommit } from './build-app.ts';
import { ROOT } from './paths.ts';

const options = { out: { type: 'string' }, commit: { type: 'string' } } as const;
const { values, positionals } = readArguments({ allowPositionals: true, options });
const commit = values.commit ?? currentCommit();
const out = resolve(values.out ?? join(ROOT, 'dist'));

const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);

for (const name of positionals.length > 0 ? positionals : Object.keys(APPS)) {
  if (!isAppName(name)) throw new Error(`no such app: ${name} (${Object.keys(APPS).join(', ')})`);
  const bytes = await buildApp(name, { commit, folder: join(out, name) });
  console.log(`${name}: ${mebibytes(bytes)} MiB of ${mebibytes(APPS[name].bytesMax)} MiB, ${commit}`);
}
