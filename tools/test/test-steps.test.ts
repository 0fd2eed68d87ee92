import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { differences, plantBreak } from './check-contracts.ts';
import { collectReports, REPORT_FILE, removeReports } from './collect-reports.ts';
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
  const workspace = (folder: string, testResults?: unknown[]) => {
    write(`${folder}/package.json`, { name: folder, scripts: { test: 'vitest run' } });
    if (testResults) write(`${folder}/${REPORT_FILE}`, { testResults });
  };

  it('adds up what passed, failed and was skipped in every workspace, and names the latter two', () => {
    const tests = [
      test('passed', 'a', 'x'),
      test('failed', 'a', 'y'),
      test('skipped', 'MariaDB', 'z'),
      test('todo', 'q'),
    ];
    workspace('libs/one', [{ name: join(root, 'libs/one/a.test.ts'), status: 'failed', assertionResults: tests }]);
    workspace('e2e', [{ name: 'b', status: 'passed', assertionResults: [test('passed', 'b')] }]);
    write('libs/untested/package.json', { name: 'untested', scripts: {} });
    expect(collectReports(root)).toEqual({
      passed: 2,
      failed: 1,
      skipped: 2,
      failures: ['libs/one/a.test.ts: a > y'],
      skippedSuites: [
        { workspace: 'libs/one', name: 'MariaDB', tests: 1 },
        { workspace: 'libs/one', name: 'q', tests: 1 },
      ],
      missing: [],
    });
  });

  it('counts a file that did not load as a failure', () => {
    const file = { name: join(root, 'libs/one/a.test.ts'), status: 'failed', assertionResults: [test('skipped', 'a')] };
    workspace('libs/one', [file]);
    const failures = ['libs/one/a.test.ts (outside its tests)'];
    expect(collectReports(root)).toMatchObject({ failed: 1, skipped: 1, failures, skippedSuites: [] });
  });

  it('misses a workspace that ran no test, a report of an earlier run not counting', () => {
    workspace('libs/one', [{ name: 'a', status: 'passed', assertionResults: [test('passed', 'a')] }]);
    removeReports(root);
    workspace('libs/two', []);
    expect(collectReports(root)).toMatchObject({ passed: 0, missing: ['libs/one', 'libs/two'] });
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
  const workspaceOf = (...testResults: unknown[]) => {
    write('libs/one/package.json', { name: 'one', scripts: { test: 'vitest run' } });
    write(`libs/one/${REPORT_FILE}`, { testResults });
  };
  const repeat = async (status: string) => {
    const asked: string[] = [];
    await repeatFailed(root, async ({ folder }, file, reportFile) => {
      asked.push(file);
      write(`${folder}/${reportFile}`, { testResults: [fileOf(file.slice(root.length + 1), status)] });
    });
    return asked.map((file) => file.slice(root.length + 1));
  };

  it('is run once more, alone, and counts as passed when it passes then', async () => {
    workspaceOf(fileOf('x', 'failed'), fileOf('y', 'passed'));
    expect(await repeat('passed')).toEqual(['x']);
    expect(collectReports(root)).toMatchObject({ passed: 2, failed: 0, failures: [] });
  });

  it('stays failed when it fails again', async () => {
    workspaceOf(fileOf('x', 'failed'));
    expect(await repeat('failed')).toEqual(['x']);
    expect(collectReports(root)).toMatchObject({ passed: 0, failed: 1, failures: ['x: a > x'] });
  });

  it('is not run again when more than three failed: that is no accident', async () => {
    workspaceOf(...['p', 'q', 'r', 's'].map((name) => fileOf(name, 'failed')));
    expect(await repeat('passed')).toEqual([]);
    expect(collectReports(root)).toMatchObject({ failed: 4 });
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
