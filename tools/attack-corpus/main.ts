/** Runs a folder of outside attack scripts in the real sandbox and says of each whether it was contained. */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { createSandbox, defaultStateFolder, type SandboxLog } from '@userferry/sandbox';
import { readArguments } from '../command-line/read-arguments.ts';
import { cacheHome, showCanary } from './config.ts';
import { findCases } from './find-cases.ts';
import { type JudgedCase, judgeCase } from './judge-case.ts';
import { summarize } from './summarize.ts';

const USAGE = `usage: node tools/attack-corpus/main.ts FOLDER [--json] [--only TEXT] [--deadline-ms N] [--grace-ms N]
FOLDER holds attack scripts: .js and .ts files, scripts as text in them, code blocks of .md files.
Prints a line for each case (--json: as JSON) and a summary; exits with 1 when a case was not contained.`;

const { values, positionals } = readArguments({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    'deadline-ms': { type: 'string', default: '1500' },
    'grace-ms': { type: 'string', default: '30000' },
  },
});

const quiet = (): void => undefined;
const LOG: SandboxLog = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const lineOf = ({ verdict, name, outcome, findings, told }: JudgedCase): string =>
  `${verdict.padEnd(9)}  ${outcome.padEnd(16)}  ${name}  ${findings.join('; ') || told.split('\n')[0]}`;

async function main(folder: string): Promise<void> {
  const canary = `canary-${randomUUID()}`;
  showCanary(canary);
  const sandbox = await createSandbox({
    runtimeFolder: join(import.meta.dirname, '../../libs/sandbox/dist/runtime'),
    stateFolder: defaultStateFolder(cacheHome()),
    egress: { allow: [] },
    maxHosts: 6,
    hostIdleMs: 200,
    queueWaitMs: 30_000,
    log: LOG,
  });
  const options = {
    sandbox,
    canary,
    deadlineMs: Number(values['deadline-ms']),
    graceMs: Number(values['grace-ms']),
  };
  const judged: JudgedCase[] = [];
  for (const one of findCases(folder).filter(({ name }) => name.includes(values.only))) {
    const result = await judgeCase(one, options);
    judged.push(result);
    console.log(values.json ? JSON.stringify(result) : lineOf(result));
  }
  await sandbox.close();
  const summary = summarize(judged);
  console.log(JSON.stringify(values.json ? { summary } : summary));
  if (summary.escaped + summary.hung > 0) process.exitCode = 1;
}

const [folder] = positionals;
if (folder === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else await main(resolve(folder));
