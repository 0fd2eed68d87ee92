import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GUEST_VALUES_FILE, guestValues, guestValuesText } from './guest-values.ts';

const BUILD = join(import.meta.dirname, '../../libs/script-types/build/main.ts');

/** Writes what scripts find in the built sandbox, and the declarations anew; with `--check` names what is not current. */
const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const text = guestValuesText(await guestValues());
if (!values.check) {
  writeFileSync(GUEST_VALUES_FILE, text);
  execFileSync(process.execPath, [BUILD], { stdio: 'inherit' });
} else if (readFileSync(GUEST_VALUES_FILE, 'utf8') !== text) console.log('what scripts find in the sandbox');
