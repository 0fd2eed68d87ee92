import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommanderError } from 'commander';
import { callerFolder } from './config.ts';
import { EXIT } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { seedAlone } from './seed/seed-alone.ts';
import { UsageError } from './usage-error.ts';

const program = createProgram((code) => {
  process.exitCode = code;
});
try {
  await program.parseAsync(seedAlone(process.argv, (word) => existsSync(resolve(callerFolder(), word))));
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.misuse;
  else if (error instanceof UsageError) {
    console.error(`${error.message}\n(--help says more)`);
    process.exitCode = EXIT.misuse;
  } else {
    console.error(`userferry could not work: ${(error as Error).message}`);
    process.exitCode = EXIT.broken;
  }
}
