import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_FILE, readReport } from './collect-report.ts';

/** A machine that is too busy spoils a test or two; more files than this is no accident. */
const FILES_MAX = 3;
const REPEAT_FILE = 'node_modules/.test-repeat.json';

/** Runs one test file, its report going to `reportFile`. */
export type RunFile = (file: string, reportFile: string) => Promise<void>;

/**
 * Runs the files that failed once more, each alone, where they are few. One that passes takes the place of its failure in
 * the report; what it failed in at first is for the caller to tell, since a test that passes only sometimes is a bug of
 * the test or, worse, of what it tests.
 */
export async function repeatFailed(root: string, runFile: RunFile): Promise<void> {
  const files = readReport(root, REPORT_FILE);
  const failed = [...files.entries()].filter(([, { status }]) => status === 'failed');
  if (failed.length > FILES_MAX) return;
  for (const [at, { name }] of failed) {
    await runFile(name, REPEAT_FILE);
    const repeated = readReport(root, REPEAT_FILE).find((file) => file.name === name);
    rmSync(join(root, REPEAT_FILE), { force: true });
    if (repeated?.status === 'passed') files[at] = repeated;
  }
  writeFileSync(join(root, REPORT_FILE), JSON.stringify({ testResults: files }));
}
