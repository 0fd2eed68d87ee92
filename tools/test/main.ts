import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../command-line/read-arguments.ts';
import { checkContracts } from './check-contracts.ts';
import { collectReport, REPORT_FILE, removeReport, type TestReport } from './collect-report.ts';
import { runnerEnvironment, workersAtOnce } from './config.ts';
import { repeatFailed } from './repeat-failed.ts';
import { createRunner, type Outcome } from './run.ts';
import { makeScratch } from './scratch.ts';
import { describeSkipped } from './skipped-suites.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const { values, positionals } = readArguments({ allowPositionals: true, options: { verbose: { type: 'boolean' } } });
const scratch = makeScratch();
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const environment = runnerEnvironment(scratch);
const runner = createRunner(ROOT, { verbose: values.verbose ?? false, environment });
/** What vitest says when something went wrong outside of every test: no repeated file answers for that. */
const UNHANDLED = /unhandled error/i;
const PROGRESS = fileURLToPath(new URL('progress-reporter.ts', import.meta.url));
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
  builds: buildAll,
  tests: runTests,
};

/** What is deployed is what is tested: journeys run the built services from then on, which start in half of the time, too. */
async function buildAll(): Promise<Outcome> {
  const outcome = await runner.program('nx', 'run-many', '-t', 'build', '--outputStyle=static');
  if (outcome.ok) environment.BUILT_SERVICES = join(ROOT, 'dist');
  return outcome;
}

async function runTests(): Promise<Outcome> {
  removeReport(ROOT);
  const outcomes = [await runVitest(REPORT_FILE, `--maxWorkers=${workersAtOnce()}`)];
  const { failures: failedFirst } = collectReport(ROOT);
  if (failedFirst.length > 0 && !runner.interrupted())
    await repeatFailed(ROOT, async (file, reportFile) => void outcomes.push(await runVitest(reportFile, file)));
  const all = collectReport(ROOT);
  report = all;
  unsteady = failedFirst.filter((name) => !all.failures.includes(name));
  removeReport(ROOT);
  const complaints = [
    ...all.missing.map((project) => `${project} has a test script, but ran no test to its end\n`),
    ...(all.passed + all.failed === 0 ? ['no test was executed at all\n'] : []),
  ];
  const ran = outcomes.every((outcome) => outcome.ok || (unsteady.length > 0 && !UNHANDLED.test(outcome.output)));
  const ok = ran && all.failed === 0 && complaints.length === 0;
  return { ok, output: outcomes.map(({ output }) => output).join('') + complaints.join('') };
}

/** All workspaces in one run, so that no file waits for a workspace that is not its own. */
const runVitest = (reportFile: string, ...options: string[]): Promise<Outcome> =>
  runner.program(
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--reporter=${PROGRESS}`,
    `--outputFile.json=${reportFile}`,
    ...options,
  );

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
