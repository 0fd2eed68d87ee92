/** Serves as an isolate host does. Told to by a signal, writes V8's code cache of the program: what has run by then is in it compiled. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileProgram, PROGRAM, runProgram } from '../../src/host/isolate-host/program.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: host RUNTIME_FOLDER');
const program = compileProgram(folder);
process.once('SIGUSR2', () => {
  writeFileSync(join(folder, `${PROGRAM}.cache`), program.createCachedData());
  // Isolates that are alive at exit have crashed processes.
  process.kill(process.pid, 'SIGKILL');
});
runProgram(program, folder);
