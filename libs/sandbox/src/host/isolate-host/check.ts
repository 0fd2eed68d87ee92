/** Looks for mistakes in a source without running its function: in an isolate of its own, with no way out of it. */
import type { ScriptLanguage } from '@userferry/script-contract';
import type { HostFrame } from '../../bridge/frames.ts';
import { missingFunctionMessage } from '../../bridge/script-source.ts';
import { LIMITS } from './limits.ts';
import { requiredPackages } from './required-packages.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import { findSyntaxProblem, placeIn } from './script-place.ts';
import { createSlot, type Slot } from './slot.ts';
import { stripTypes } from './strip-types.ts';
import { QUESTIONS } from './work.ts';

type Found = Pick<Extract<HostFrame, { kind: 'checked' }>, 'problems' | 'javascript'>;
type Problem = Found['problems'][number];

export type ScriptToCheck = {
  readonly source: string;
  readonly functionName: string;
  readonly language: ScriptLanguage;
};

const MEMORY_BYTES = 64 * 1024 * 1024;
const TOP_LEVEL_MS = 1000;

/** Nothing posted goes anywhere; only what a module may need while it loads is answered. */
function answerOnly(files: RuntimeFiles, slot: Slot): void {
  slot.setHandler({
    onOperations: () => undefined,
    onQuestion(question, args) {
      if (question === 'package') return { value: files.packages.get(String(args[0]))?.code() };
      if (question === 'random') return { value: QUESTIONS.get('random')?.(args) };
      return { error: { message: `${question} is not available while a script is checked` } };
    },
  });
}

function problemOf(error: unknown): Problem {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name: name.slice(0, 256), message: message.slice(0, 4096), ...placeIn(stack) };
}

async function findProblems(source: string, functionName: string, slot: Slot): Promise<Problem[]> {
  const problem = await findSyntaxProblem(source, functionName, slot);
  if (problem !== undefined) return [{ name: 'SyntaxError', ...problem }];
  try {
    if (await slot.defines(source, functionName, TOP_LEVEL_MS)) return [];
    return [{ name: 'Error', message: missingFunctionMessage(functionName) }];
  } catch (error) {
    return [problemOf(error)];
  }
}

async function checkJavaScript(
  source: string,
  functionName: string,
  files: RuntimeFiles,
  onCatastrophe: (message: string) => void,
): Promise<Problem[]> {
  const slot = await createSlot(files, { memoryLimitBytes: MEMORY_BYTES, isSingle: true, onCatastrophe });
  try {
    answerOnly(files, slot);
    for (const name of requiredPackages(source, files.packages)) await slot.loadPackage(name);
    return await findProblems(source, functionName, slot);
  } finally {
    await slot.dispose(LIMITS.disposeMs);
  }
}

/** V8 says of a type no more than that it did not expect it. */
function sayTypeScript(problems: Problem[], source: string): Problem[] {
  const [problem] = problems;
  if (problem?.name !== 'SyntaxError') return problems;
  const stripped = stripTypes(source);
  if ('problem' in stripped || stripped.javascript === source) return problems;
  return [{ ...problem, message: `${problem.message}: this is TypeScript, and was given as JavaScript` }];
}

/** The mistakes in a source: none when it parses and defines the function. Of TypeScript also what runs in its place. */
export async function checkScript(
  { source, functionName, language }: ScriptToCheck,
  files: RuntimeFiles,
  onCatastrophe: (message: string) => void,
): Promise<Found> {
  if (language === 'javascript') {
    return { problems: sayTypeScript(await checkJavaScript(source, functionName, files, onCatastrophe), source) };
  }
  const stripped = stripTypes(source);
  if ('problem' in stripped) return { problems: [stripped.problem] };
  const problems = await checkJavaScript(stripped.javascript, functionName, files, onCatastrophe);
  return problems.length > 0 ? { problems } : { problems, javascript: stripped.javascript };
}
