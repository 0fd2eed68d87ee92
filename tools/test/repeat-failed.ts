import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_FILE, type TestedWorkspace, testedWorkspaces, type VitestReport } from './collect-reports.ts';

/** A machine that is too busy spoils a test or two; more files than this is no accident. */
const FILES_MAX = 3;
const REPEAT_FILE = 'node_modules/.test-repeat.json';

/** Runs one test file of a workspace, its report going to `reportFile` there. */
export type RunFile = (workspace: TestedWorkspace, file: string, reportFile: string) => Promise<void>;

type FileReport = VitestReport['testResults'][number];

/**
 * Runs the files that failed once more, each alone, where they are few. One that passes takes the place of its failure in
 * its workspace's report; what it failed in at first is for the caller to tell, since a test that passes only sometimes is
 * a bug of the test or, worse, of what it tests.
 */
export async function repeatFailed(root: string, runFile: RunFile): Promise<void> {
  const failed = testedWorkspaces(root).flatMap((workspace) =>
    readReport(root, workspace, REPORT_FILE)
      .testResults.filter(({ status }) => status === 'failed')
      .map(({ name }) => ({ workspace, name })),
  );
  if (failed.length > FILES_MAX) return;
  for (const { workspace, name } of failed) {
    await runFile(workspace, name, REPEAT_FILE);
    const repeated = readReport(root, workspace, REPEAT_FILE).testResults.find((file) => file.name === name);
    rmSync(join(root, workspace.folder, REPEAT_FILE), { force: true });
    if (repeated?.status === 'passed') replace(root, workspace, repeated);
  }
}

function readReport(root: string, { folder }: TestedWorkspace, file: string): VitestReport {
  const path = join(root, folder, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { testResults: [] };
}

function replace(root: string, workspace: TestedWorkspace, repeated: FileReport): void {
  const report = readReport(root, workspace, REPORT_FILE);
  const testResults = report.testResults.map((file) => (file.name === repeated.name ? repeated : file));
  writeFileSync(join(root, workspace.folder, REPORT_FILE), JSON.stringify({ ...report, testResults }));
}
