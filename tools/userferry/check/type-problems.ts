import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { COMPILER_OPTIONS, scriptDeclarations } from '@userferry/script-types';
import type { ScriptFile } from '../script-file.ts';
import type { Problem } from './problem.ts';

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const LINE = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/;
/** Of a module that is not there, which is told in better words elsewhere. */
const NO_MODULE = new Set(['TS2307', 'TS2591', 'TS2792']);

const compile = (project: string): Promise<string> =>
  new Promise((done) => {
    const options = { cwd: dirname(project), maxBuffer: 16 * 2 ** 20 };
    execFile(process.execPath, [TSC, '-p', project, '--pretty', 'false', '--noEmit'], options, (_, stdout) =>
      done(stdout),
    );
  });

/** The author's own settings, where there are any. */
const ownProject = (folder: string): string | undefined =>
  ['tsconfig.json', 'jsconfig.json'].map((name) => join(folder, name)).find((file) => existsSync(file));

const checksTypes = ({ language, source }: ScriptFile): boolean =>
  language === 'typescript' || /^\s*\/\/\s*@ts-check\b/m.test(source);

/** A project of our own around the scripts of one folder; only what asks for it is held against types. */
const madeProject = (scripts: readonly ScriptFile[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-check-'));
  for (const { name, text } of scriptDeclarations()) writeFileSync(join(folder, name), text);
  for (const { path } of scripts) symlinkSync(path, join(folder, basename(path)));
  const options = { ...COMPILER_OPTIONS, preserveSymlinks: true };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
  return join(folder, 'tsconfig.json');
};

const found = (output: string, folder: string, scripts: readonly ScriptFile[]): readonly Problem[] =>
  output.split('\n').flatMap((text) => {
    const [, file = '', line, column, code = '', message = ''] = LINE.exec(text) ?? [];
    const path = resolve(folder, file);
    const script = scripts.find((one) => one.path === path || relative(folder, path) === basename(one.path));
    if (script === undefined || NO_MODULE.has(code)) return [];
    return [{ file: script.name, line: Number(line), column: Number(column), message: `${message} (${code})` }];
  });

/** Mistakes of types in scripts of one folder: by its own tsconfig.json or jsconfig.json, else where a script asks for it. */
export const typeProblems = async (scripts: readonly ScriptFile[]): Promise<readonly Problem[]> => {
  const folder = dirname(scripts[0]?.path ?? '.');
  const own = ownProject(folder);
  if (own !== undefined) return found(await compile(own), folder, scripts);
  const asked = scripts.filter(checksTypes);
  if (asked.length === 0) return [];
  const project = madeProject(asked);
  try {
    return found(await compile(project), dirname(project), asked);
  } finally {
    rmSync(dirname(project), { recursive: true });
  }
};
