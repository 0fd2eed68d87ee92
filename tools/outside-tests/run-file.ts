import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Sandbox } from '@userferry/sandbox';
import { bundleFile } from './bundle-file.ts';
import { type Fitness, judgeFile } from './judge-file.ts';
import { type Ran, runInNode } from './run-in-node.ts';
import { runInSandbox } from './run-in-sandbox.ts';
import type { TestFile } from './suites.ts';

export type FileResult = TestFile & {
  readonly fitness: Fitness['kind'];
  /** Why the file is not applicable. */
  readonly reason?: string;
  readonly node?: Ran;
  readonly sandbox?: Ran;
};

export type RunContext = {
  readonly outside: string;
  readonly sandbox: Sandbox;
  readonly limitMs: number;
  /** What the test files of a suite see as `process.env`. */
  readonly env: Readonly<Record<string, string>>;
};

/** Modules that scripts do not have, but our stand-ins for test suites do. */
const STOOD_IN = new Set(['node:test', 'test', 'node:module']);

/** Judges one test file, and runs it in plain Node and, where it can run there, in the sandbox. */
export const runFile = async (context: RunContext, test: TestFile): Promise<FileResult> => {
  const fitness = judgeFile(readFileSync(resolve(context.outside, test.file), 'utf8'), STOOD_IN);
  if (fitness.kind === 'not applicable') return { ...test, fitness: fitness.kind, reason: fitness.reason };
  const { limitMs, env, outside } = context;
  const { openssl } = process.versions;
  const settings = { file: test.file, env, limitMs, openssl, countsTimers: test.suite !== 'node' };
  const bundled = await bundleFile(outside, test, settings).catch((error: Error) => error);
  if (bundled instanceof Error) {
    const reason = `cannot be bundled: ${bundled.message.split('\n').find((line) => /ERROR|Cannot/.test(line)) ?? ''}`;
    return { ...test, fitness: 'not applicable', reason };
  }
  const node = await runInNode(bundled.program, limitMs);
  if (node.outcome !== 'passed' || fitness.kind === 'needs a server') return { ...test, fitness: fitness.kind, node };
  return { ...test, fitness: 'fit', node, sandbox: await runInSandbox(context.sandbox, bundled.script, limitMs) };
};
