import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunRequest, Sandbox } from '../../../sandbox.ts';
import { createSandbox } from '../create-sandbox.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import type { SandboxOptions } from '../sandbox-options.ts';

/** A state folder and a place for runtimes, gone after the tests. */
export const temporaryFolder = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'userferry-sandbox-'));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** A runtime of the given files: path in it → file to copy. */
export const runtimeOf = (folder: string, files: Readonly<Record<string, string>>): string => {
  const runtime = join(folder, `runtime-${randomUUID()}`);
  const hashes: Record<string, string> = {};
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(runtime, path)), { recursive: true });
    copyFileSync(source, join(runtime, path));
    hashes[path] = createHash('sha256').update(readFileSync(source)).digest('hex');
  }
  writeFileSync(join(runtime, 'manifest.json'), JSON.stringify({ files: hashes }));
  return runtime;
};

/** A runtime whose isolate host is the given program. */
export const fakeRuntime = (folder: string, program = join(import.meta.dirname, 'fake-host.cjs')): string =>
  runtimeOf(folder, { 'isolate-host.cjs': program });

export type LogEntry = { readonly facts: Record<string, unknown>; readonly message: string };

/** A log that can be read. */
export const readableLog = (): { readonly log: SandboxLog; readonly entries: LogEntry[] } => {
  const entries: LogEntry[] = [];
  const note = (facts: Record<string, unknown>, message: string): void => void entries.push({ facts, message });
  return { log: { debug: note, info: note, warn: note, error: note }, entries };
};

export const REAL_RUNTIME = join(import.meta.dirname, '../../../../dist/runtime');

export type TestSandboxOptions = Pick<SandboxOptions, 'runtimeFolder' | 'stateFolder'> & Partial<SandboxOptions>;

/** A sandbox that opens nothing and says nothing unless told to. */
export const startTestSandbox = (options: TestSandboxOptions): Promise<Sandbox> =>
  createSandbox({ egress: { allow: [] }, log: readableLog().log, ...options });

/** A run of `source` with whatever else is given. */
export const runOf = (source: string, given: Partial<RunRequest> = {}): RunRequest => ({
  runId: randomUUID(),
  connectionKey: 'connection',
  source,
  functionName: 'work',
  argsJson: '[]',
  env: {},
  secretNames: [],
  redactProfile: false,
  timeoutMs: 10_000,
  memoryLimitBytes: 64 * 1024 * 1024,
  ...given,
});
