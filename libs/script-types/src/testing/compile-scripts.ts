import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { COMPILER_OPTIONS } from '../compiler-options.ts';
import { scriptDeclarations } from '../script-declarations.ts';

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** What the compiler says of scripts (by file name), one line for each mistake: `login.js(2,3): error TS…`. */
export const compileScripts = async (
  scripts: Readonly<Record<string, string>>,
  options: Readonly<Record<string, unknown>> = {},
): Promise<readonly string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-types-'));
  try {
    const write = (name: string, text: string): void => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    };
    write('tsconfig.json', JSON.stringify({ compilerOptions: { ...COMPILER_OPTIONS, ...options } }));
    for (const { name, text } of scriptDeclarations()) write(`types/${name}`, text);
    for (const [name, text] of Object.entries(scripts)) write(name, text);
    const output = await new Promise<string>((done) => {
      execFile(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], { cwd: folder }, (_, stdout) =>
        done(stdout),
      );
    });
    return output.split('\n').filter((line) => /\): error TS\d+:/.test(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
};
