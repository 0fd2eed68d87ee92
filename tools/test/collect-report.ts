import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findWorkspaces } from '../boundaries/find-sources.ts';

/** Where vitest writes its report, from the project's root. */
export const REPORT_FILE = 'node_modules/.test-report.json';

/** A suite whose tests were all skipped, or a single skipped test. */
export type SkippedSuite = { workspace: string; name: string; tests: number };

/** What was reported of all workspaces. */
export type TestReport = {
  passed: number;
  failed: number;
  skipped: number;
  /** Full names of the failed tests, and files that did not even load. */
  failures: string[];
  skippedSuites: SkippedSuite[];
  /** Workspaces with a test script of which nothing was heard. */
  missing: string[];
};

type Assertion = { status: string; ancestorTitles: string[]; title: string };
/** What vitest writes of each file, as far as it is read here. */
export type FileReport = { name: string; status: string; assertionResults: Assertion[] };

/** Adds up what was reported of every file, and misses every workspace with a test script of which nothing was. */
export function collectReport(root: string): TestReport {
  const total: TestReport = { passed: 0, failed: 0, skipped: 0, failures: [], skippedSuites: [], missing: [] };
  const files = readReport(root, REPORT_FILE);
  for (const workspace of testedWorkspaces(root)) {
    const own = files.filter(({ name }) => name.startsWith(join(root, workspace, '/')));
    if (own.length === 0) total.missing.push(workspace);
    addFiles(total, { root, workspace }, own);
  }
  return total;
}

/** What a report says of each file; nothing where there is no report. */
export function readReport(root: string, file: string): FileReport[] {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).testResults : [];
}

/** Removes the report, so that one of an earlier run is not taken for one of this. */
export function removeReport(root: string): void {
  rmSync(join(root, REPORT_FILE), { force: true });
}

function testedWorkspaces(root: string): string[] {
  const hasTests = (folder: string) =>
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).scripts?.test !== undefined;
  return findWorkspaces(root)
    .map(({ folder }) => folder)
    .filter(hasTests);
}

function addFiles(total: TestReport, at: { root: string; workspace: string }, files: FileReport[]): void {
  const skipped = new Map<string, number>();
  for (const file of files) {
    const fileName = relative(at.root, file.name);
    const broken = file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed');
    if (broken) addFailure(total, `${fileName} (outside its tests)`);
    for (const test of file.assertionResults) {
      if (test.status === 'passed') total.passed += 1;
      else if (test.status === 'failed')
        addFailure(total, `${fileName}: ${[...test.ancestorTitles, test.title].join(' > ')}`);
      else {
        total.skipped += 1;
        if (broken) continue; // its tests could not even start
        const suite = test.ancestorTitles[0] ?? test.title;
        skipped.set(suite, (skipped.get(suite) ?? 0) + 1);
      }
    }
  }
  for (const [name, tests] of skipped) total.skippedSuites.push({ workspace: at.workspace, name, tests });
}

function addFailure(total: TestReport, name: string): void {
  total.failed += 1;
  total.failures.push(name);
}
