import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { placeFile } from './copy-file.ts';
import { sharedLibraries, systemProgram } from './native-files.ts';
import { ownFolder, requireOwnFolder } from './private-folder.ts';
import { changedFiles, type FileHashes, readRuntimeManifest } from './runtime-manifest.ts';

/** A copy of everything that an isolate host needs, fit to be its whole file system. */
export type RuntimeFolder = {
  /** Absolute path of the folder that an isolate host may be locked into. */
  readonly root: string;
  /** Are `/setpriv` and `/unshare` in it, so that privileges can be dropped from inside? */
  readonly hasTools: boolean;
  /** Marks the folder as in use; call it at least every hour. */
  touch(): Promise<void>;
};

export type RuntimeFolderOptions = {
  readonly runtimeFolder: string;
  readonly stateFolder: string;
  /** The Node binary that isolate hosts run on. */
  readonly nodeBinary: string;
};

/** Where things lie under `root`. */
export const RUNTIME_PATHS = {
  node: 'node',
  setpriv: 'setpriv',
  unshare: 'unshare',
  runtime: 'runtime',
  proc: 'proc',
} as const;

const PREFIX = 'sandbox-';
const UNUSED_AFTER_MS = 24 * 60 * 60 * 1000;
/** A copy takes seconds: whoever was at it so long ago was killed. */
const UNFINISHED_AFTER_MS = 10 * 60 * 1000;

/** Path under `root` → file to copy from. */
type Plan = Readonly<Record<string, string>>;

/** The programs that work inside; none of them where one, or the libraries of any, cannot be found. */
const planTools = (nodeBinary: string): Plan => {
  const [setpriv, unshare] = [systemProgram('setpriv'), systemProgram('unshare')];
  if (process.platform !== 'linux' || setpriv === undefined || unshare === undefined) return {};
  const libraries = sharedLibraries([nodeBinary, setpriv, unshare]);
  if (libraries.length === 0) return {};
  return {
    [RUNTIME_PATHS.setpriv]: setpriv,
    [RUNTIME_PATHS.unshare]: unshare,
    ...Object.fromEntries(libraries.map((path) => [path.slice(1), path])),
  };
};

const planCopy = ({ runtimeFolder, nodeBinary }: RuntimeFolderOptions, manifest: FileHashes): Plan => {
  const runtimeFiles = [...Object.keys(manifest), 'manifest.json'];
  return {
    [RUNTIME_PATHS.node]: nodeBinary,
    ...planTools(nodeBinary),
    ...Object.fromEntries(runtimeFiles.map((path) => [`${RUNTIME_PATHS.runtime}/${path}`, join(runtimeFolder, path)])),
  };
};

/** The runtime by its hashes; system files by name, version and size, since hashing them again at every start is slow. */
const contentName = (plan: Plan, manifest: FileHashes): string => {
  const systemFiles = Object.entries(plan)
    .filter(([path]) => !path.startsWith(`${RUNTIME_PATHS.runtime}/`))
    .map(([path, source]) => [path, statSync(source).size]);
  const facts = JSON.stringify([process.version, process.arch, systemFiles, Object.entries(manifest).sort()]);
  return PREFIX + createHash('sha256').update(facts).digest('hex').slice(0, 32);
};

const openFolders = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755);
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  await Promise.all(folders.map((entry) => chmod(join(entry.parentPath, entry.name), 0o755)));
};

/** Written aside and renamed: a folder of that name is either whole or not there. */
const copyAside = async (plan: Plan, aside: string): Promise<void> => {
  const root = join(aside, 'root');
  await mkdir(join(root, RUNTIME_PATHS.proc), { recursive: true });
  const hashes: Record<string, string> = {};
  for (const [path, source] of Object.entries(plan)) hashes[path] = await placeFile(dirname(aside), source, root, path);
  await writeFile(join(aside, 'contents.json'), JSON.stringify(hashes));
  await openFolders(aside);
};

const isWhole = async (folder: string, manifest: FileHashes): Promise<boolean> => {
  if (!existsSync(folder)) return false;
  requireOwnFolder(folder);
  const contents = readContents(join(folder, 'contents.json'));
  if (contents === undefined) return false;
  const root = join(folder, 'root');
  const changed = [
    ...(await changedFiles(root, contents)),
    ...(await changedFiles(join(root, RUNTIME_PATHS.runtime), manifest)),
  ];
  return changed.length === 0;
};

const readContents = (file: string): FileHashes | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FileHashes;
  } catch {
    return undefined;
  }
};

const install = async (plan: Plan, manifest: FileHashes, folder: string): Promise<void> => {
  const aside = `${folder}.${randomUUID()}`;
  try {
    await copyAside(plan, aside);
    // What was there was not whole; whoever still runs from it keeps its open files.
    if (existsSync(folder)) await rename(folder, `${aside}.broken`);
    await rename(aside, folder).catch(() => {}); // another process was faster
    if (!(await isWhole(folder, manifest))) throw new Error(`the sandbox's runtime could not be copied to ${folder}`);
  } finally {
    await rm(aside, { recursive: true, force: true });
    await rm(`${aside}.broken`, { recursive: true, force: true });
  }
};

/** Folders that are being copied have a dot in their names. */
const unusedAfterMs = (name: string): number => (name.includes('.') ? UNFINISHED_AFTER_MS : UNUSED_AFTER_MS);

/** Every user of a folder touches it each hour, so one that was not touched for a day is nobody's. */
const removeUnused = async (stateFolder: string, current: string): Promise<void> => {
  for (const name of await readdir(stateFolder)) {
    const folder = join(stateFolder, name);
    if (!name.startsWith(PREFIX) || folder === current) continue;
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > unusedAfterMs(name)) await rm(folder, { recursive: true, force: true });
  }
};

/**
 * Puts a verified copy of the built runtime, the Node binary and its libraries into the state folder, where unprivileged
 * users can read it, and returns it. Throws when the runtime is not built, differs from its manifest, or the state
 * folder is open to others.
 */
export const prepareRuntimeFolder = async (options: RuntimeFolderOptions): Promise<RuntimeFolder> => {
  const manifest = readRuntimeManifest(options.runtimeFolder);
  const [changed] = await changedFiles(options.runtimeFolder, manifest);
  if (changed !== undefined)
    throw new Error(`${changed} of the sandbox's runtime differs from its manifest: run npm run build -w libs/sandbox`);
  const stateFolder = ownFolder(options.stateFolder);
  const plan = planCopy(options, manifest);
  const folder = join(stateFolder, contentName(plan, manifest));
  // First of all: they may have filled the disk.
  await removeUnused(stateFolder, folder);
  if (!(await isWhole(folder, manifest))) await install(plan, manifest, folder);
  const touch = () => utimes(folder, new Date(), new Date());
  await touch();
  return { root: join(folder, 'root'), hasTools: RUNTIME_PATHS.setpriv in plan, touch };
};
