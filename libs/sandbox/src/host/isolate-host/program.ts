/**
 * The program of an isolate host and V8's code cache of it. It has half a thousand functions, each of which would be compiled
 * when it is first called: a tenth of what a start takes.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** What the bundle is wrapped into, as Node wraps a CommonJS module. */
export const WRAPPER = ['(function (require, __dirname) {', '})'] as const;
export const PROGRAM = 'host.js';

type Main = (require: NodeJS.Require, folder: string) => void;

/** Compiles the program in the folder; with its code cache, where there is one and V8 takes it. */
export function compileProgram(folder: string): Script {
  const path = join(folder, PROGRAM);
  const cache = `${path}.cache`;
  const cachedData = existsSync(cache) ? { cachedData: readFileSync(cache) } : {};
  // The name is in the cache as well, which tells nobody where it was made.
  return new Script(readFileSync(path, 'latin1'), { filename: PROGRAM, ...cachedData });
}

export function runProgram(program: Script, folder: string): void {
  const main = program.runInThisContext() as Main;
  main(createRequire(join(folder, PROGRAM)), folder);
}
