import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPS } from './apps.ts';
import { filesBelow } from './copy-files.ts';
import { ROOT } from './paths.ts';
import { temporaryBuild } from './temporary-build.ts';
import { describeThirdParties, thirdParties } from './third-party.ts';

const NAMES = Object.keys(APPS) as (keyof typeof APPS)[];
const COMMIT = 'a'.repeat(40);

let first: string;
let second: string;
let said: string;
beforeAll(async () => {
  ({ folder: first, said } = await temporaryBuild('--commit', COMMIT));
  ({ folder: second } = await temporaryBuild('--commit', COMMIT));
}, 240_000);
afterAll(() => {
  for (const folder of [first, second]) rmSync(folder, { recursive: true, force: true });
});

const read = (name: string, file: string): string => readFileSync(join(first, name, file), 'utf8');
const readJson = (name: string, file: string) => JSON.parse(read(name, file));

describe('a built folder', () => {
  it.each(NAMES)('%s has the same bytes each time it is built from the same sources', (name) => {
    const files = filesBelow(join(first, name));
    expect(files).toEqual(filesBelow(join(second, name)));
    const differing = files.filter(
      (file) => !readFileSync(join(first, name, file)).equals(readFileSync(join(second, name, file))),
    );
    expect(differing).toEqual([]);
  });

  it.each(NAMES)('%s says which version of what it is, and for which Node and platform', (name) => {
    expect(readJson(name, 'build.json')).toEqual({
      name,
      version: JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version,
      commit: COMMIT,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    });
  });

  it.each(NAMES)('%s tells nothing of the machine that it was built on, and brings no source map', (name) => {
    const files = filesBelow(join(first, name));
    expect(files.filter((file) => /\.(ts|map)$/.test(file))).toEqual([]);
    const traces = [ROOT, first, tmpdir() === '/tmp' ? '/tmp/userferry-built' : tmpdir()];
    const telling = files.filter((file) => {
      const bytes = readFileSync(join(first, name, file));
      // A map is named at the end of a file. (TypeScript, in the console's editor, has the word in its code.)
      return traces.some((trace) => bytes.includes(trace)) || bytes.subarray(-200).includes('sourceMappingURL=');
    });
    expect(telling).toEqual([]);
  });

  it.each(NAMES)('%s names every package of others that is in it, with its licence and text', (name) => {
    const text = read(name, 'THIRD-PARTY.txt');
    expect(text).toMatch(/^@grpc\/grpc-js 1\.\d+\.\d+: Apache-2\.0$/m);
    // esbuild names each bundled file in a comment before it: what was bundled is what is told.
    const programs = filesBelow(join(first, name)).filter((file) => /^[^/]+\.js$/.test(file));
    const bundled = programs.flatMap((file) =>
      [...read(name, file).matchAll(/^\s*\/\/ .*node_modules\/(@[^/\n]+\/[^/\n]+|[^/\n]+)\/.*$/gm)].map(
        ([, each]) => each,
      ),
    );
    expect(new Set(bundled).size).toBeGreaterThan(5);
    const untold = [...new Set(bundled)].filter((each) => !new RegExp(`^${each} \\S+: `, 'm').test(text));
    expect(untold).toEqual([]);
  });

  it('script-runner names what scripts may require and the native packages of isolate hosts, too', () => {
    const text = read('script-runner', 'THIRD-PARTY.txt');
    for (const name of ['axios', 'lodash', 'mongodb', 'mssql', 'mysql2', 'pg', 'isolated-vm', 'bcrypt', 'undici'])
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+: \\S+`, 'm'));
  });

  it('identity-gateway names what the console’s page is made of, and whose declarations its editor knows, too', () => {
    const text = read('identity-gateway', 'THIRD-PARTY.txt');
    for (const name of ['react-dom', 'typescript', '@codemirror/view', '@types/pg', '@types/node', 'tedious', 'bson'])
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+: \\S+`, 'm'));
  });

  it.each(NAMES)(
    '%s has what npm itself takes for installed: every package of its own lockfile, in its version',
    async (name) => {
      const lock = readJson(name, 'package-lock.json');
      const rootLock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
      const { '': top, ...packages } = lock.packages;
      expect(top.dependencies).toEqual(
        name === 'migration-service' ? { bcrypt: packages['node_modules/bcrypt'].version } : {},
      );
      for (const [place, entry] of Object.entries(packages)) expect(entry).toEqual(rootLock.packages[place]);
      const { stdout } = await promisify(execFile)('npm', ['ls', '--all', '--json'], { cwd: join(first, name) });
      expect(JSON.parse(stdout).problems).toBeUndefined();
    },
  );

  it('holds native code of this platform alone', () => {
    const native = NAMES.flatMap((name) => filesBelow(join(first, name)).filter((file) => file.endsWith('.node')));
    expect(native).toHaveLength(3);
    const named = native.filter((file) => file.includes('prebuilds/'));
    expect(named.every((file) => file.includes(`prebuilds/${process.platform}-${process.arch}/`))).toBe(true);
  });

  it('is told with its size and its budget, and leaves nothing else behind', () => {
    for (const name of NAMES)
      expect(said).toMatch(new RegExp(`^${name}: \\d+\\.\\d MiB of \\d+\\.\\d MiB, ${COMMIT}$`, 'm'));
    expect(readdirSync(first).sort()).toEqual([...NAMES].sort());
  });

  it.each(NAMES)('%s is as large as docs/deploying.md says, give or take a tenth, and has that budget', (name) => {
    const [, size, budget] = new RegExp(`^${name}: (\\S+) MiB of (\\S+) MiB`, 'm').exec(said) ?? [];
    const page = readFileSync(join(ROOT, 'docs/deploying.md'), 'utf8');
    const [, toldSize, toldBudget] = new RegExp(`^\\| ${name} \\| ([\\d.]+) \\| (\\d+) \\|$`, 'm').exec(page) ?? [];
    expect(Number(toldBudget)).toBe(Number(budget));
    expect(Math.abs(Number(toldSize) / Number(size) - 1)).toBeLessThan(0.1);
  });
});

describe('the build', () => {
  it('refuses an app that there is not', () => {
    const build = () =>
      execFileSync(process.execPath, [join(ROOT, 'tools/build/main.ts'), 'nothing'], { stdio: 'pipe' });
    expect(build).toThrow(/no such app: nothing/);
  });

  it('tells each package once, with the text of its licence', () => {
    const [party, ...others] = thirdParties([
      'node_modules/pg/lib/index.js',
      'node_modules/pg/package.json',
      'apps/x/src/main.ts',
    ]);
    expect(others).toEqual([]);
    expect(party).toMatchObject({ name: 'pg', licence: 'MIT' });
    expect(describeThirdParties(party === undefined ? [] : [party])).toMatch(/Permission is hereby granted/);
  });
});
