import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { differences, plantBreak } from './check-contracts.ts';
import { collectReport, REPORT_FILE, removeReport } from './collect-report.ts';
import { repeatFailed } from './repeat-failed.ts';
import { describeSkipped } from './skipped-suites.ts';

let root: string;

const write = (path: string, content: unknown) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'userferry-steps-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the summary of all tests', () => {
  const test = (status: string, ...titles: string[]) => ({
    status,
    ancestorTitles: titles.slice(0, -1),
    title: titles.at(-1),
  });
  const workspace = (folder: string) =>
    write(`${folder}/package.json`, { name: folder, scripts: { test: 'vitest run' } });
  const fileOf = (name: string, status: string, ...assertionResults: unknown[]) => ({
    name: join(root, name),
    status,
    assertionResults,
  });
  const report = (...testResults: unknown[]) => write(REPORT_FILE, { testResults });

  it('adds up what passed, failed and was skipped in every workspace, and names the latter two', () => {
    const tests = [
      test('passed', 'a', 'x'),
      test('failed', 'a', 'y'),
      test('skipped', 'MariaDB', 'z'),
      test('todo', 'q'),
    ];
    for (const each of ['libs/one', 'e2e']) workspace(each);
    report(
      fileOf('libs/one/a.test.ts', 'failed', ...tests),
      fileOf('e2e/b.test.ts', 'passed', test('passed', 'b'), test('skipped', 'MariaDB', 'w')),
    );
    write('libs/untested/package.json', { name: 'untested', scripts: {} });
    expect(collectReport(root)).toEqual({
      passed: 2,
      failed: 1,
      skipped: 3,
      failures: ['libs/one/a.test.ts: a > y'],
      skippedSuites: expect.arrayContaining([
        { workspace: 'libs/one', name: 'MariaDB', tests: 1 },
        { workspace: 'libs/one', name: 'q', tests: 1 },
        { workspace: 'e2e', name: 'MariaDB', tests: 1 },
      ]),
      missing: [],
    });
  });

  it('counts a file that did not load as a failure', () => {
    workspace('libs/one');
    report(fileOf('libs/one/a.test.ts', 'failed', test('skipped', 'a')));
    const failures = ['libs/one/a.test.ts (outside its tests)'];
    expect(collectReport(root)).toMatchObject({ failed: 1, skipped: 1, failures, skippedSuites: [] });
  });

  it('misses a workspace that ran no test, one that begins with its name and a report of an earlier run not counting', () => {
    for (const each of ['libs/one', 'libs/one-more']) workspace(each);
    report(fileOf('libs/one-more/a.test.ts', 'passed', test('passed', 'a')));
    expect(collectReport(root)).toMatchObject({ passed: 1, missing: ['libs/one'] });
    removeReport(root);
    expect(collectReport(root)).toMatchObject({ passed: 0, missing: ['libs/one', 'libs/one-more'] });
  });

  it('says how a skipped suite is made to run', () => {
    expect(describeSkipped([{ workspace: 'libs/one', name: 'a temporary MariaDB', tests: 1 }])).toEqual([
      'skipped: libs/one: a temporary MariaDB (1 test). To run it: apt-get install mariadb-server-core, or set MYSQL_URL',
    ]);
  });
});

describe('a test file that failed', () => {
  const fileOf = (name: string, status: string) => ({
    name: join(root, name),
    status,
    assertionResults: [{ status, ancestorTitles: ['a'], title: name }],
  });
  const reportOf = (...testResults: unknown[]) => {
    write('libs/one/package.json', { name: 'one', scripts: { test: 'vitest run' } });
    write(REPORT_FILE, { testResults });
  };
  const repeat = async (status: string) => {
    const asked: string[] = [];
    await repeatFailed(root, async (file, reportFile) => {
      const name = relative(root, file);
      asked.push(name);
      write(reportFile, { testResults: [fileOf(name, status)] });
    });
    return asked;
  };

  it('is run once more, alone, and counts as passed when it passes then', async () => {
    reportOf(fileOf('libs/one/x', 'failed'), fileOf('libs/one/y', 'passed'));
    expect(await repeat('passed')).toEqual(['libs/one/x']);
    expect(collectReport(root)).toMatchObject({ passed: 2, failed: 0, failures: [] });
  });

  it('stays failed when it fails again', async () => {
    reportOf(fileOf('libs/one/x', 'failed'));
    expect(await repeat('failed')).toEqual(['libs/one/x']);
    expect(collectReport(root)).toMatchObject({ passed: 0, failed: 1, failures: ['libs/one/x: a > libs/one/x'] });
  });

  it('is not run again when more than three failed: that is no accident', async () => {
    reportOf(...['p', 'q', 'r', 's'].map((name) => fileOf(`libs/one/${name}`, 'failed')));
    expect(await repeat('passed')).toEqual([]);
    expect(collectReport(root)).toMatchObject({ failed: 4 });
  });
});

describe('the contracts', () => {
  it('lose a field and a call in the planted break', () => {
    const proto = [
      'message A {',
      '  // The name.',
      '  string name = 1;',
      '  repeated a.b.C list = 2 [deprecated = true];',
      '}',
      'service S {',
      '  rpc Get(A) returns (A);',
      '  rpc Put(A) returns (stream A) {}',
      '}',
    ].join('\n');
    const broken = plantBreak(proto);
    expect(broken).not.toContain('string name = 1;');
    expect(broken).not.toContain('rpc Get');
    expect(broken).toContain('repeated a.b.C list = 2 [deprecated = true];');
    expect(broken).toContain('rpc Put');
  });

  it('differ from a fresh generation by name, by content, and when there is nothing', () => {
    mkdirSync(join(root, 'one'));
    mkdirSync(join(root, 'other'));
    expect(differences(join(root, 'one'), join(root, 'other'))).toEqual(['(nothing)']);
    write('one/same.ts', 'a');
    write('other/same.ts', 'a');
    expect(differences(join(root, 'one'), join(root, 'other'))).toEqual([]);
    write('one/changed.ts', 'a');
    write('other/changed.ts', 'b');
    write('one/sub/gone.ts', 'a');
    expect(differences(join(root, 'one'), join(root, 'other'))).toEqual(['changed.ts', 'sub/gone.ts']);
  });
});
