import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GUEST_NAMES_FILE, generatedTexts, PAGE_FILE } from './generate.ts';

const BUILD = join(import.meta.dirname, '../../libs/sandbox/build/main.ts');
const build = () => execFileSync(process.execPath, [BUILD], { stdio: 'inherit' });

/** Writes the list of documented functions into the guest, then the page about what the sandbox makes of it. */
Object.assign(process, { noDeprecation: true });
build();
const { guestNames } = await generatedTexts();
if (guestNames !== readFileSync(GUEST_NAMES_FILE, 'utf8')) {
  writeFileSync(GUEST_NAMES_FILE, guestNames);
  build();
}
writeFileSync(PAGE_FILE, (await generatedTexts()).page);
