import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askNpm } from './ask-npm.ts';
import { floorProblem } from './floors.ts';
import { EXIT, judge } from './judge.ts';
import { engineOf, parseLockfile, shippedPlaces } from './lockfile.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const lock = parseLockfile(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));

const metadata = { vulnerabilities: { total: 0 }, dependencies: { prod: 1, dev: 1, total: 2 } };
const entry = (name: string, place: string, severity = 'high') => ({
  name,
  severity,
  isDirect: true,
  via: [
    {
      source: 1,
      name,
      dependency: name,
      title: 'Says too much',
      url: `advisory-of-${name}`,
      severity,
      range: '<9.9.9',
    },
  ],
  effects: [],
  range: '<9.9.9',
  nodes: [place],
  fixAvailable: { name, version: '9.9.9', isSemVerMajor: true },
});
type Entry = ReturnType<typeof entry>;
const answer = (...entries: readonly Entry[]) => ({
  auditReportVersion: 2,
  vulnerabilities: Object.fromEntries(entries.map((each) => [each.name, each])),
  metadata,
});
const ask = (said: unknown, stderr = '') =>
  askNpm(async () => ({ stdout: typeof said === 'string' ? said : JSON.stringify(said), stderr }));

const CLEAN_ENGINE = [{ name: 'node', version: '24.18.1', where: 'here', ships: true }] as const;
const installed = { shipped: new Set(['node_modules/pg']), engine: CLEAN_ENGINE };

describe('what npm answers', () => {
  it('is every advisory once, at the package that it is about', async () => {
    const dependent = { ...entry('uses-pg', 'node_modules/uses-pg'), via: ['pg'] as never };
    expect(await ask(answer(entry('pg', 'node_modules/pg'), dependent))).toEqual({
      ok: true,
      packages: 2,
      findings: [
        {
          package: 'pg',
          severity: 'high',
          title: 'Says too much',
          url: 'advisory-of-pg',
          range: '<9.9.9',
          places: ['node_modules/pg'],
          fix: 'pg 9.9.9, another major version',
        },
      ],
    });
  });

  it.each([
    ['an endpoint that is not there', { message: '405 Method Not Allowed', statusCode: 405 }, '', /405/],
    ['no network', { error: { code: 'ENOTFOUND', summary: 'getaddrinfo ENOTFOUND', detail: '' } }, '', /ENOTFOUND/],
    ['nothing at all', '', 'npm: not found', /not found/],
    ['half an answer', '{"auditReportVersion": 2, "vulnera', '', /no report/],
    ['a report of another form', { ...answer(), auditReportVersion: 3 }, '', /no report/],
    ['a report about no package', { ...answer(), metadata: { dependencies: { total: 0 } } }, '', /no report/],
    ['an advisory of another form', answer({ ...entry('pg', 'p'), via: [{ url: 'u' }] as never }), '', /no report/],
  ])('is no answer, and never an all-clear: %s', async (_, said, stderr, problem) => {
    const asked = await ask(said, stderr);
    expect(asked).toEqual({ ok: false, problem: expect.stringMatching(problem) });
    const { exitCode, lines } = judge(asked, installed);
    expect(exitCode).toBe(EXIT.couldNotAsk);
    expect(lines.join()).toMatch(/could not ask/);
  });
});

describe('the verdict', () => {
  const judged = async (...entries: readonly Entry[]) => judge(await ask(answer(...entries)), installed);

  it('is clean when nothing is known', async () => {
    expect(await judged()).toEqual({
      exitCode: 0,
      lines: ['2 packages asked about: nothing that is known touches what ships'],
    });
  });

  it('fails for what ships, however mild', async () => {
    const { exitCode, lines } = await judged(entry('pg', 'node_modules/pg', 'low'));
    expect(exitCode).toBe(EXIT.touched);
    expect(lines[0]).toMatch(
      /^touches what is installed: pg <9.9.9 \(low\): Says too much. advisory-of-pg. Fix: pg 9.9.9/,
    );
  });

  it('tells of a tool of development, and fails for it when it is critical', async () => {
    const mild = await judged(entry('vitest', 'node_modules/vitest'));
    expect([mild.exitCode, mild.lines[0]]).toEqual([0, expect.stringMatching(/^development only: vitest/)]);
    expect((await judged(entry('vitest', 'node_modules/vitest', 'critical'))).exitCode).toBe(EXIT.touched);
  });

  it('fails for an engine below its floor, whether npm could be asked or not', async () => {
    const engine = [{ name: 'isolated-vm', version: '7.0.0', where: 'here', ships: true }] as const;
    for (const asked of [await ask(answer()), await ask('')]) {
      const { exitCode, lines } = judge(asked, { ...installed, engine });
      expect(exitCode).toBe(EXIT.touched);
      expect(lines[0]).toMatch(/7\.0\.0 .* below 7\.0\.1: GHSA-864f-rcv7-6rh4/);
    }
  });
});

describe('a floor', () => {
  const problem = (name: 'node' | 'isolated-vm', version: string) =>
    floorProblem({ name, version, where: 'here', ships: true });
  it.each([
    ['isolated-vm', '7.0.1'],
    ['isolated-vm', '7.1.0'],
    ['isolated-vm', '6.2.0'],
    ['node', '24.18.1'],
    ['node', '24.21.0'],
  ] as const)('is kept by %s %s', (name, version) => expect(problem(name, version)).toBeUndefined());
  it.each([
    ['isolated-vm', '7.0.0'],
    ['isolated-vm', '6.1.2'],
    ['isolated-vm', '5.0.4'],
    ['node', '24.9.0'],
    ['node', '24.18.0'],
    ['node', '20.20.2'],
    ['node', '99.0.0'],
    ['node', 'nonsense'],
  ] as const)('is not kept by %s %s', (name, version) => expect(problem(name, version)).toContain(version));
});

describe('what ships', () => {
  const places = shippedPlaces(lock);
  const has = (name: string) => [...places].some((place) => place.endsWith(`node_modules/${name}`));

  it('is what the services need and what scripts may require', () => {
    for (const name of [
      '@grpc/grpc-js',
      'typeorm',
      'isolated-vm',
      'axios',
      'lodash',
      'mongodb',
      'mssql',
      'mysql2',
      'tedious',
    ])
      expect(has(name), name).toBe(true);
  });

  it('is no tool of ours', () => {
    for (const name of ['vitest', 'nx', 'typescript', 'esbuild', 'fast-check']) expect(has(name), name).toBe(false);
  });

  it('runs on an engine that keeps its floors', () => {
    const engine = engineOf(lock).filter(({ ships }) => ships);
    expect(engine.map(({ name }) => name)).toEqual(expect.arrayContaining(['isolated-vm', 'node']));
    expect(engine.flatMap((used) => floorProblem(used) ?? [])).toEqual([]);
  });
});

describe('the command', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'userferry-advisories-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** With an npm that says this and ends as the real one does. */
  const run = (said: string, exitCode: number) => {
    writeFileSync(join(folder, 'said'), said);
    writeFileSync(
      join(folder, 'npm'),
      `#!/bin/sh\necho "$@" >> "$0.args"\ncat "$(dirname "$0")/said"\nexit ${exitCode}\n`,
    );
    chmodSync(join(folder, 'npm'), 0o755);
    const path = [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'tools/advisories/main.ts')], {
      env: { PATH: path },
      encoding: 'utf8',
    });
    return { status, stdout, args: readFileSync(join(folder, 'npm.args'), 'utf8').trim() };
  };

  it('asks npm about everything, and ends with 0, 1 or 3', () => {
    const clean = run(JSON.stringify(answer()), 0);
    expect(clean).toMatchObject({ status: 0, args: 'audit --json' });
    expect(clean.stdout).toMatch(/2 packages asked about/);
    const touched = run(JSON.stringify(answer(entry('isolated-vm', 'node_modules/isolated-vm'))), 1);
    expect([touched.status, touched.stdout]).toEqual([1, expect.stringMatching(/^touches what is installed/m)]);
    const offline = run(JSON.stringify({ error: { code: 'EAI_AGAIN', summary: 'no network' } }), 1);
    expect([offline.status, offline.stdout]).toEqual([3, expect.stringMatching(/could not ask .*no network/)]);
  });
});
