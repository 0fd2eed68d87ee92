import { dirname } from 'node:path';
import type { ScriptAction } from '@userferry/script-contract';
import { sourceProblems } from '@userferry/script-contract/source-problems';
import { moduleProblems } from '../check/module-problems.ts';
import { type Problem, tellProblem } from '../check/problem.ts';
import { typeProblems } from '../check/type-problems.ts';
import { callerFolder } from '../config.ts';
import { EXIT } from '../exit-codes.ts';
import { openSandbox, type SandboxSession } from '../sandbox-session.ts';
import { readAction, readScript, type ScriptFile, scriptsIn } from '../script-file.ts';
import { UsageError } from '../usage-error.ts';

export type CheckOptions = { readonly action?: string; readonly json?: boolean };

const scriptsOf = (files: readonly string[], folder: string): readonly ScriptFile[] => {
  const names = files.length > 0 ? files : scriptsIn(folder);
  if (names.length === 0) throw new UsageError('there is no script here: name the files, or start with userferry init');
  return names.map((name) => readScript(name, folder));
};

const functionOf = (script: ScriptFile, asked: string | undefined): ScriptAction => {
  if (asked !== undefined) return readAction(asked);
  if (script.action !== undefined) return script.action;
  throw new UsageError(`${script.name} is not named after an action: say which with --action`);
};

const key = ({ file, line }: Problem): string => `${file}:${line}`;

const problemsIn = async (script: ScriptFile, action: ScriptAction, sandbox: SandboxSession): Promise<Problem[]> => {
  const modules = moduleProblems(
    script,
    sandbox.modules.map(({ name }) => name),
  );
  const { problems, javascript = script.source } = await sandbox.check(script.source, action, script.language);
  const known = new Set(modules.map(key));
  const others = [...problems, ...sourceProblems(javascript, action)]
    .map(({ message, line, column }) => ({ file: script.name, line, column, message }))
    .filter((problem) => !known.has(key(problem)));
  return [...modules, ...others];
};

/** Folder by folder, since each may have settings of its own. */
const allTypeProblems = async (scripts: readonly ScriptFile[]): Promise<readonly Problem[]> => {
  const folders = Map.groupBy(scripts, ({ path }) => dirname(path));
  return (await Promise.all([...folders.values()].map((those) => typeProblems(those)))).flat();
};

/** Looks for mistakes without running a function: syntax, the function, modules, types. */
export const checkCommand = async (
  files: readonly string[],
  { action, json = false }: CheckOptions,
): Promise<number> => {
  const scripts = scriptsOf(files, callerFolder());
  const asked = scripts.map((script) => ({ script, action: functionOf(script, action) }));
  await using sandbox = await openSandbox([]);
  const problems: Problem[] = [];
  for (const one of asked) problems.push(...(await problemsIn(one.script, one.action, sandbox)));
  const known = new Set(problems.map(key));
  problems.push(...(await allTypeProblems(scripts)).filter((problem) => !known.has(key(problem))));
  if (json) console.log(JSON.stringify({ files: scripts.map(({ name }) => name), problems }));
  else console.log(told(scripts, problems));
  return problems.length === 0 ? EXIT.ok : EXIT.failed;
};

const told = (scripts: readonly ScriptFile[], problems: readonly Problem[]): string =>
  [
    ...problems.map((problem) => `${tellProblem(problem, scripts)}\n`),
    problems.length === 0
      ? `✓ ${scripts.map(({ name }) => name).join(', ')}: no mistake found`
      : `${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'} in ${new Set(problems.map(({ file }) => file)).size} of ${scripts.length} scripts`,
  ].join('\n');
