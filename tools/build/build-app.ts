import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { APPS, type AppName, type AppPlan } from './apps.ts';
import { bundleApp } from './bundle-app.ts';
import { copyConsole, packagesOfConsole } from './console.ts';
import { copyReadFiles, copySandbox, filesBelow } from './copy-files.ts';
import { type AppManifest, appLockfile, type LockedPackages, lockedPackages } from './lockfile.ts';
import { copyNativePackages } from './native-packages.ts';
import { fromRoot, ROOT, SANDBOX_DIST } from './paths.ts';
import { describeThirdParties, thirdParties } from './third-party.ts';

export type BuildFacts = {
  /** The revision that is built, and `-changed` behind it where files differ from it. */
  readonly commit: string;
  /** Where the folder is put; what was there is replaced. */
  readonly folder: string;
};

const write = (folder: string, file: string, text: string): void => writeFileSync(join(folder, file), text);
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const text = (path: string): string => readFileSync(path, 'utf8');

const versionOf = (): string =>
  z.object({ version: z.string() }).parse(JSON.parse(text(join(ROOT, 'package.json')))).version;

/** What the bundles of the sandbox's runtime were made of, and the native packages that lie in it. */
const filesOfSandbox = (): string[] => {
  const bundled = z.array(z.string()).parse(JSON.parse(text(join(SANDBOX_DIST, 'bundled-files.json'))));
  const native = ['isolated-vm', 'bcrypt', 'node-gyp-build'].map((name) => `../../node_modules/${name}/package.json`);
  return [...bundled, ...native].map((path) => fromRoot(join(ROOT, 'libs/sandbox', path)));
};

const manifestOf = (name: AppName, locked: LockedPackages, plan: AppPlan): AppManifest => ({
  name: `@userferry/${name}`,
  version: versionOf(),
  private: true,
  type: 'module',
  license: 'UNLICENSED',
  engines: { node: '24.x' },
  scripts: { start: 'node main.js' },
  dependencies: Object.fromEntries(
    plan.packages.map((each) => [each, String(locked[`node_modules/${each}`]?.version ?? 'missing')]),
  ),
});

const fill = async (name: AppName, folder: string, commit: string): Promise<void> => {
  const plan: AppPlan = APPS[name];
  const inputs = await bundleApp(name, plan, folder);
  copyReadFiles(inputs, folder);
  if (plan.hasSandbox) copySandbox(folder);
  if (plan.hasConsole) copyConsole(folder);
  const locked = lockedPackages(plan.packages, join(ROOT, 'apps', name));
  copyNativePackages(locked, folder);
  const manifest = manifestOf(name, locked, plan);
  write(folder, 'package.json', json(manifest));
  write(folder, 'package-lock.json', json(appLockfile(manifest, locked)));
  const packages = Object.keys(locked).map((place) => `${place}/package.json`);
  const more = [...(plan.hasSandbox ? filesOfSandbox() : []), ...(plan.hasConsole ? packagesOfConsole() : [])];
  const parties = thirdParties([...inputs, ...packages, ...more]);
  write(folder, 'THIRD-PARTY.txt', describeThirdParties(parties));
  const platform = `${process.platform}-${process.arch}`;
  write(folder, 'build.json', json({ name, version: manifest.version, commit, node: process.version, platform }));
};

/** Bytes of all files in the folder. */
export const sizeOf = (folder: string): number =>
  filesBelow(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

/** Makes the app's self-contained folder, whole or not at all, and answers its size in bytes. Throws when it is too large. */
export const buildApp = async (name: AppName, { commit, folder }: BuildFacts): Promise<number> => {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    await fill(name, draft, commit);
    const bytes = sizeOf(draft);
    if (bytes > APPS[name].bytesMax)
      throw new Error(`${name} has ${bytes} bytes; its budget is ${APPS[name].bytesMax}`);
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    renameSync(draft, folder);
    return bytes;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};

const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

/** The revision that lies here; `unknown` where it is no git repository. */
export const currentCommit = (): string => {
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', 'HEAD')}${changed ? '-changed' : ''}`;
  } catch {
    return 'unknown';
  }
};
