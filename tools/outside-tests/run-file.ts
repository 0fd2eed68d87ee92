import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Sandbox } from '@userferry/sandbox';
import { type Bundled, bundleFile } from './bundle-file.ts';
import { type Fitness, judgeFile } from './judge-file.ts';
import { type Ran, runInNode } from './run-in-node.ts';
import { runInSandbox } from './run-in-sandbox.ts';
import type { ServerRelay } from './server-relay.ts';
import type { TestFile } from './suites.ts';

export type FileResult = TestFile & {
  readonly fitness: Fitness['kind'];
  /** Why the file is not applicable. */
  readonly reason?: string;
  /** It starts a server. */
  readonly needsServer?: boolean;
  readonly node?: Ran;
  readonly sandbox?: Ran;
};

export type RunContext = {
  readonly outside: string;
  readonly sandbox: Sandbox;
  readonly limitMs: number;
  /** Where the harness listens for the servers of test files. */
  readonly relay: ServerRelay;
  /** What the test files of a suite see as `process.env`. */
  readonly env: Readonly<Record<string, string>>;
};

/** Modules that scripts do not have, but our stand-ins for test suites do. */
const STOOD_IN = new Set(['node:test', 'test', 'node:module']);

/** How many servers of a file may tell their port at once. */
const RESERVED_PORTS = 3;

const unbundled = (test: TestFile, error: Error): FileResult => {
  const line = error.message.split('\n').find((one) => /ERROR|Cannot/.test(one)) ?? '';
  return { ...test, fitness: 'not applicable', reason: `cannot be bundled: ${line}` };
};

type Fit = Extract<Fitness, { kind: 'fit' }>;

const runBoth = async (
  { sandbox, limitMs }: RunContext,
  test: TestFile,
  { kind, needsServer }: Fit,
  { script, program }: Bundled,
): Promise<FileResult> => {
  const node = await runInNode(program, limitMs);
  const judged = { ...test, fitness: kind, needsServer, node };
  return node.outcome === 'passed' ? { ...judged, sandbox: await runInSandbox(sandbox, script, limitMs) } : judged;
};

/** Judges one test file, and runs it in plain Node and, where it can run there, in the sandbox. */
export const runFile = async (context: RunContext, test: TestFile): Promise<FileResult> => {
  const fitness = judgeFile(readFileSync(resolve(context.outside, test.file), 'utf8'), test.file, STOOD_IN);
  if (fitness.kind === 'not applicable') return { ...test, fitness: fitness.kind, reason: fitness.reason };
  const { limitMs, env, outside } = context;
  const { openssl } = process.versions;
  const reserved = await context.relay.reserve(fitness.needsServer ? RESERVED_PORTS : 0);
  const relay = { port: context.relay.port, reserved };
  const settings = { file: test.file, env, limitMs, openssl, countsTimers: test.suite !== 'node', relay };
  const bundled = await bundleFile(outside, test, settings).catch((error: Error) => error);
  try {
    return bundled instanceof Error ? unbundled(test, bundled) : await runBoth(context, test, fitness, bundled);
  } finally {
    context.relay.release(reserved);
  }
};
