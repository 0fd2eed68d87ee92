import { codeFrame, placeText } from '../code-frame.ts';
import { reportOf } from '../run/run-report.ts';
import type { CaseResult } from './run-cases.ts';

const tellOne = ({ name, problems, run, script }: CaseResult): string => {
  const took = ` (${run.usage.wallMs.toFixed(0)} ms)`;
  if (problems.length === 0) return `✓ ${name}${took}`;
  const { error } = run;
  const frame = error === undefined ? '' : codeFrame(script.source, error);
  return [
    `✗ ${name}${took}`,
    ...problems.map((problem) => `    ${problem}`),
    ...(error?.line === undefined ? [] : [`    at ${placeText(script.name, error)}`, frame.replace(/^/gm, '    ')]),
    ...run.logs.map(({ level, text }) => `    console.${level}: ${text}`),
  ].join('\n');
};

const failedOf = (results: readonly CaseResult[]): readonly CaseResult[] =>
  results.filter(({ problems }) => problems.length > 0);

/** All cases, told to a person. */
export const tellCases = (results: readonly CaseResult[]): string => {
  const failed = failedOf(results).length;
  const summary = failed === 0 ? `${results.length} passed` : `${failed} of ${results.length} failed`;
  return [...results.map(tellOne), '', summary].join('\n');
};

/** The same for programs. */
export const casesReport = (results: readonly CaseResult[]): object => ({
  passed: results.length - failedOf(results).length,
  failed: failedOf(results).length,
  cases: results.map(({ name, action, script, problems, run }) => ({
    ...{ name, action, script: script.name, passed: problems.length === 0, problems },
    run: reportOf(run),
  })),
});

const xml = (text: string): string =>
  text
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?');

const junitCase = ({ name, action, problems, run }: CaseResult): string => {
  const head = `    <testcase name="${xml(name)}" classname="${action}" time="${(run.usage.wallMs / 1000).toFixed(3)}"`;
  if (problems.length === 0) return `${head}/>`;
  const [first = ''] = problems;
  return `${head}><failure message="${xml(first)}">${xml(problems.join('\n'))}</failure></testcase>`;
};

/** The same as build servers read it. */
export const junitReport = (results: readonly CaseResult[], suite: string): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${xml(suite)}" tests="${results.length}" failures="${failedOf(results).length}">`,
    ...results.map(junitCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
