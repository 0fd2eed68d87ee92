import { join } from 'node:path';
import { readArguments } from '../command-line/read-arguments.ts';
import { checkContracts } from './check-contracts.ts';
import {
  collectReports,
  REPORT_FILE,
  removeReports,
  type TestedWorkspace,
  type TestReport,
  testedWorkspaces,
} from './collect-reports.ts';
import { repeatFailed } from './repeat-failed.ts';
import { createRunner, type Outcome } from './run.ts';
import { describeSkipped } from './skipped-suites.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const { values, positionals } = readArguments({ allowPositionals: true, options: { verbose: { type: 'boolean' } } });
const runner = createRunner(ROOT, { verbose: values.verbose ?? false });
// vitest does not look for a configuration above the workspace that it runs in, and takes no two of them
const SHARED_CONFIG = `--config=${join(ROOT, 'vitest.config.ts')}`;
/** What vitest says when something went wrong outside of every test: no repeated file answers for that. */
const UNHANDLED = /unhandled error/i;
let report: TestReport | undefined;
let unsteady: string[] = [];

const STEPS: Record<string, () => Promise<Outcome>> = {
  lint: () => runner.node('node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'),
  types: async () => {
    const own = await runner.program('tsc', '--pretty', 'false', '-p', 'tsconfig.json');
    const guest = await runner.program(
      'tsc',
      '--pretty',
      'false',
      '--noEmit',
      '-p',
      'libs/sandbox/src/guest/tsconfig.json',
    );
    const page = await runner.program('tsc', '--pretty', 'false', '-p', 'apps/console/tsconfig.json');
    return { ok: own.ok && guest.ok && page.ok, output: own.output + guest.output + page.output };
  },
  boundaries: () => runner.node('tools/boundaries/main.ts'),
  contracts: () => checkContracts(ROOT, runner),
  tests: runTests,
};

async function runTests(): Promise<Outcome> {
  removeReports(ROOT);
  const workspaces = testedWorkspaces(ROOT);
  const outcomes = [
    await runVitest(workspaces.filter(hasConfig)),
    await runVitest(
      workspaces.filter((workspace) => !hasConfig(workspace)),
      SHARED_CONFIG,
    ),
  ];
  const { failures: failedFirst } = collectReports(ROOT);
  if (failedFirst.length > 0 && !runner.interrupted())
    await repeatFailed(ROOT, async (workspace, file, reportFile) => {
      outcomes.push(await runFile(workspace, file, reportFile));
    });
  const all = collectReports(ROOT);
  report = all;
  unsteady = failedFirst.filter((name) => !all.failures.includes(name));
  removeReports(ROOT);
  const complaints = [
    ...all.missing.map((project) => `${project} has a test script, but ran no test to its end\n`),
    ...(all.passed + all.failed === 0 ? ['no test was executed at all\n'] : []),
  ];
  const ran = outcomes.every((outcome) => outcome.ok || (unsteady.length > 0 && !UNHANDLED.test(outcome.output)));
  const ok = ran && all.failed === 0 && complaints.length === 0;
  return { ok, output: outcomes.map(({ output }) => output).join('') + complaints.join('') };
}

const hasConfig = ({ script }: TestedWorkspace): boolean => script.includes('--config');
const reportTo = (file: string): string[] => ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];

async function runVitest(workspaces: TestedWorkspace[], ...options: string[]): Promise<Outcome> {
  if (workspaces.length === 0 || runner.interrupted()) return { ok: true, output: '' };
  const projects = `--projects=${workspaces.map(({ name }) => name).join(',')}`;
  const fixed = ['run-many', '-t', 'test', projects, '--parallel=2', '--outputStyle=static'];
  return runner.program('nx', ...fixed, '--', ...options, ...reportTo(REPORT_FILE));
}

async function runFile(workspace: TestedWorkspace, file: string, reportFile: string): Promise<Outcome> {
  const [vitest = 'vitest', ...own] = workspace.script.split(' ');
  const config = hasConfig(workspace) ? [] : [SHARED_CONFIG];
  return runner.programIn(join(ROOT, workspace.folder), vitest, ...own, ...config, ...reportTo(reportFile), file);
}

async function main(): Promise<void> {
  const unknown = positionals.filter((name) => !Object.hasOwn(STEPS, name));
  if (unknown.length > 0) throw new Error(`no such step: ${unknown.join(', ')} (${Object.keys(STEPS).join(', ')})`);
  const failed: string[] = [];
  for (const [name, step] of Object.entries(STEPS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    if (runner.interrupted() || !(await runner.titled(name, step))) failed.push(name);
  }
  if (report !== undefined) {
    for (const name of report.failures) console.log(`failed: ${name}`);
    for (const name of unsteady) console.log(`unsteady: passed only when it was run again, alone: ${name}`);
    for (const line of describeSkipped(report.skippedSuites)) console.log(line);
  }
  if (failed.length > 0) console.log(`not passed: ${failed.join(', ')}`);
  if (report !== undefined) console.log(`${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

await main();
