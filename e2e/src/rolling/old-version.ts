import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);

const git = (...args: string[]): string | undefined => {
  try {
    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
};

/** What ran before this version: the last release before it, else the parent commit; nothing in a clone without either. */
export const oldCommit = (): string | undefined =>
  git('describe', '--tags', '--abbrev=0', '--match', 'v*', 'HEAD~1') ??
  git('rev-parse', '--verify', '--quiet', 'HEAD~1');

/** That version in a folder of its own, ready to be started; the folder goes with the stack. */
export const unpackOldVersion = async (stack: AsyncDisposableStack, commit: string): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-old-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const archive = join(folder, 'old.tar');
  await run('git', ['archive', '--format=tar', '-o', archive, commit], { cwd: ROOT });
  await run('tar', ['-xf', archive, '-C', folder]);
  rmSync(archive);
  await bringPackages(folder);
  // Where the sandbox's sources are the same, what was built of them is found to be up to date.
  const built = 'libs/sandbox/dist';
  if (existsSync(join(ROOT, built))) cpSync(join(ROOT, built), join(folder, built), { recursive: true });
  await run(process.execPath, ['libs/sandbox/build/main.ts'], { cwd: folder });
  return folder;
};

/** The packages that are installed here where its lockfile is this one's, else its own. */
const bringPackages = async (folder: string): Promise<void> => {
  const lockfile = (root: string) => readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (lockfile(folder) !== lockfile(ROOT)) {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder });
    return;
  }
  for (const from of installed()) {
    const to = join(folder, relative(ROOT, from));
    if (existsSync(join(to, '..'))) linkPackages(from, to);
  }
};

const isFolder = (path: string): boolean => existsSync(path) && lstatSync(path).isDirectory();

/** The folders of packages of the root and of the workspaces. */
const installed = (): readonly string[] => {
  const workspaces = ['apps', 'libs'].flatMap((room) => readdirSync(join(ROOT, room)).map((name) => join(room, name)));
  return ['.', ...workspaces, 'e2e', 'tools'].map((place) => join(ROOT, place, 'node_modules')).filter(isFolder);
};

/** Our own packages are links into the repository, and have to lead into that one; others may be shared. */
const linkPackages = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith('.') && name !== '.bin') continue;
    if (name === '@userferry') linkOurs(join(from, name), join(to, name));
    else symlinkSync(join(from, name), join(to, name));
  }
};

const linkOurs = (from: string, to: string): void => {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    symlinkSync(readlinkSync(join(from, name)), join(to, name));
    if (realpathSync(join(to, name)) === realpathSync(join(from, name)))
      throw new Error(`${name} would be this version's`);
  }
};
