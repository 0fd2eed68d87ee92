import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../command-line/read-arguments.ts';
import { GUEST_NAMES_FILE, generatedTexts, PAGE_FILE } from './generate.ts';

const BUILD = join(import.meta.dirname, '../../libs/sandbox/build/main.ts');
const build = () => execFileSync(process.execPath, [BUILD], { stdio: 'inherit' });
const isCurrent = (file: string, text: string): boolean => readFileSync(file, 'utf8') === text;

/** Writes the list of documented functions into the guest, then the page about what the sandbox makes of it. */
async function write(): Promise<void> {
  build();
  const { guestNames } = await generatedTexts();
  if (!isCurrent(GUEST_NAMES_FILE, guestNames)) {
    writeFileSync(GUEST_NAMES_FILE, guestNames);
    build();
  }
  writeFileSync(PAGE_FILE, (await generatedTexts()).page);
}

/** Names what is not as it would be written now, by the sandbox as it is built. */
async function check(): Promise<void> {
  const { page, guestNames } = await generatedTexts();
  if (!isCurrent(GUEST_NAMES_FILE, guestNames)) console.log('the functions that Node documents');
  if (!isCurrent(PAGE_FILE, page)) console.log('docs/modules.md');
}

Object.assign(process, { noDeprecation: true });
const { values } = readArguments({ options: { check: { type: 'boolean' } } });
await (values.check ? check() : write());
