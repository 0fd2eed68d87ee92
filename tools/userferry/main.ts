import { CommanderError } from 'commander';
import { EXIT } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

const program = createProgram((code) => {
  process.exitCode = code;
});
try {
  await program.parseAsync(process.argv);
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
