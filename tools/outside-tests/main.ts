import { resolve } from 'node:path';
import { readArguments } from '../command-line/read-arguments.ts';
import { startSuiteServer } from './databases.ts';
import { type FileResult, runFile } from './run-file.ts';
import { openSandbox } from './run-in-sandbox.ts';
import { startServerRelay } from './server-relay.ts';
import { findTestFiles, type SuiteName, type TestFile } from './suites.ts';
import { summarize, tableOf } from './summarize.ts';

const USAGE = `usage: node tools/outside-tests/main.ts FOLDER [MODULE …] [--json] [--list-failures] [--only TEXT] [--concurrency N] [--limit-ms N]
FOLDER holds checkouts: node (Node's repository), pg (node-postgres), mysql2; those that are not there are left out.
--json prints a line for each file when it is over, and one with the rates.
MODULE: node, pg, mysql2, or a module as the table names it, such as buffer or "pg unit".`;

const { values, positionals } = readArguments({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    'list-failures': { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    concurrency: { type: 'string', default: '2' },
    'limit-ms': { type: 'string', default: '5000' },
  },
});

const printFailure = ({ file, module, fitness, reason, node, sandbox }: FileResult): void => {
  if (fitness === 'not applicable') console.log(`not applicable  ${module}  ${file}  ${reason}`);
  else if (node?.outcome !== 'passed')
    console.log(`${node?.outcome} in plain Node  ${module}  ${file}  ${node?.error ?? ''}`);
  else if (sandbox && sandbox.outcome !== 'passed')
    console.log(`${sandbox.outcome} in the sandbox  ${module}  ${file}  ${sandbox.error ?? ''}`);
};

const runSuite = async (outside: string, suite: SuiteName, files: readonly TestFile[]): Promise<FileResult[]> => {
  await using cleanup = new AsyncDisposableStack();
  const server = await startSuiteServer(suite);
  cleanup.defer(() => server.stop());
  const relay = await startServerRelay();
  cleanup.defer(() => relay.stop());
  const sandbox = await openSandbox();
  cleanup.defer(() => sandbox.close());
  const { env } = server;
  const context = { outside, sandbox, limitMs: Number(values['limit-ms']), env, relay };
  const results: FileResult[] = [];
  const waiting = files.entries();
  // Tests of a driver share one server, and some change its settings for everybody.
  const workers = suite === 'node' ? Number(values.concurrency) : 1;
  const work = async (): Promise<void> => {
    for (const [index, file] of waiting) {
      const result = await runFile(context, file);
      results[index] = result;
      if (values.json) console.log(JSON.stringify(result));
      else if (values['list-failures']) printFailure(result);
      if (process.stderr.isTTY) process.stderr.write(`\r${suite} ${index + 1}/${files.length} `);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
};

const [folder, ...names] = positionals;
if (folder === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const outside = resolve(folder);
  const asked = findTestFiles(outside).filter(
    ({ suite, module, file }) =>
      (names.length === 0 || names.includes(suite) || names.includes(module)) && file.includes(values.only),
  );
  const results: FileResult[] = [];
  for (const [suite, files] of Map.groupBy(asked, (file) => file.suite))
    results.push(...(await runSuite(outside, suite, files)));
  const rates = summarize(results);
  console.log(values.json ? JSON.stringify({ rates }) : tableOf(rates).join('\n'));
}
