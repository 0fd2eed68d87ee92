import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../command-line/read-arguments.ts';
import { GUEST_VALUES_FILE, guestValues, guestValuesText } from './guest-values.ts';
import { referencePage } from './reference-page.ts';
import { workbenchPage } from './workbench-page.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Everything that is written about what scripts see, and from what. */
const texts = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([
    [GUEST_VALUES_FILE, guestValuesText(await guestValues())],
    [join(ROOT, 'docs/reference.md'), referencePage()],
    [join(ROOT, 'docs/userferry.md'), workbenchPage()],
  ]);

/** Writes them, and the declarations anew; with `--check` names what is not current. */
const { values } = readArguments({ options: { check: { type: 'boolean' } } });
for (const [file, text] of await texts()) {
  if (!values.check) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) console.log(file.slice(ROOT.length + 1));
}
if (!values.check)
  execFileSync(process.execPath, [join(ROOT, 'libs/script-types/build/main.ts')], { stdio: 'inherit' });
