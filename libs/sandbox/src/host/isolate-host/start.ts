/** What an isolate host is started with: the rest lies beside it. */
import { compileProgram, runProgram } from './program.ts';

runProgram(compileProgram(import.meta.dirname), import.meta.dirname);
