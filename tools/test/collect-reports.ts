import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findWorkspaces } from '../boundaries/find-sources.ts';

/** Where each workspace's vitest writes its report, from the workspace's folder. */
export const REPORT_FILE = 'node_modules/.test-report.json';

/** A workspace that has tests: its folder, its package's name and the script that runs them. */
export type TestedWorkspace = { folder: string; name: string; script: string };

/** A suite whose tests were all skipped, or a single skipped test. */
export type SkippedSuite = { workspace: string; name: string; tests: number };

/** What all workspaces reported together. */
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
/** What vitest writes of a workspace, as far as it is read here. */
export type VitestReport = { testResults: { name: string; status: string; assertionResults: Assertion[] }[] };

/** Adds up the reports of every workspace that has a test script. */
export function collectReports(root: string): TestReport {
  const total: TestReport = { passed: 0, failed: 0, skipped: 0, failures: [], skippedSuites: [], missing: [] };
  for (const { folder: workspace } of testedWorkspaces(root)) {
    const file = join(root, workspace, REPORT_FILE);
    const report: VitestReport = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { testResults: [] };
    if (report.testResults.length === 0) total.missing.push(workspace);
    addReport(total, { root, workspace }, report);
  }
  return total;
}

/** Removes the reports, so that none of an earlier run is taken for one of this. */
export function removeReports(root: string): void {
  for (const { folder } of testedWorkspaces(root)) rmSync(join(root, folder, REPORT_FILE), { force: true });
}

/** Every workspace with a test script. */
export function testedWorkspaces(root: string): TestedWorkspace[] {
  return findWorkspaces(root).flatMap(({ folder, name }) => {
    const script = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).scripts?.test;
    return script === undefined ? [] : [{ folder, name, script }];
  });
}

function addReport(total: TestReport, at: { root: string; workspace: string }, report: VitestReport): void {
  const skipped = new Map<string, number>();
  for (const file of report.testResults) {
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
