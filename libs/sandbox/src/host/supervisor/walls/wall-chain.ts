import { join } from 'node:path';
import { systemProgram } from '../runtime/native-files.ts';
import { RUNTIME_PATHS, type RuntimeFolder } from '../runtime/runtime-folder.ts';

export type CommandLine = { readonly file: string; readonly args: readonly string[] };

/** One way to start a Node program behind walls. */
export type WallChain = {
  readonly name: string;
  /** Does each isolate host need a user id of its own for it? */
  readonly needsUid: boolean;
  /** The runtime's folder, as the program behind the walls sees it. */
  readonly runtimePath: string;
  /** `uid`: the user (and group) to run as; ignored where `needsUid` is false. */
  command(uid: number, nodeArgs: readonly string[]): CommandLine;
};

type Programs = Readonly<Record<'unshare' | 'setpriv' | 'prlimit' | 'chroot' | 'sh' | 'mount', string>>;

const findPrograms = (): Partial<Programs> =>
  Object.fromEntries(
    ['unshare', 'setpriv', 'prlimit', 'chroot', 'sh', 'mount'].flatMap((name) => {
      const path = systemProgram(name);
      return path === undefined ? [] : [[name, path]];
    }),
  );

/**
 * Makes the folder $1 the whole file system of what follows: a read-only view of it, a /proc that shows this pid
 * namespace alone. Runs as (its namespace's) root; everything it mounts is gone with the namespace.
 */
const ENTER_ROOT = [
  'set -e; m=$1; r=$2; shift 2',
  '"$m" -n --bind "$r" "$r"',
  '"$m" -n -o remount,bind,ro,nosuid,nodev "$r"',
  '"$m" -n -t proc -o nosuid,nodev,noexec proc "$r/proc"',
  // What shells add to an empty environment by themselves.
  'unset PWD OLDPWD SHLVL',
  'exec "$@"',
].join('; ');

const NAMESPACES = ['--net', '--ipc', '--uts'];
const PRIVATE_TREE = ['--pid', '--mount', '--propagation', 'private', '--fork', '--kill-child=SIGKILL'];
/** The kernel kills the program when what started it ends. Set anew behind each change of identity, which clears it. */
const DIE_WITH_PARENT = '--pdeathsig=KILL';
const NO_PRIVILEGES = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', DIE_WITH_PARENT];

/** The first process of a pid namespace cannot be killed from inside, not even by itself: the host is the second. */
const NOT_INIT = [`/${RUNTIME_PATHS.unshare}`, '--fork', '--kill-child=SIGKILL'];

const asUid = (uid: number): string[] => [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];

const inOrder = ([file = '', ...args]: readonly string[]): CommandLine => ({ file, args });

const wholeChains = (runtime: RuntimeFolder, programs: Programs, isRoot: boolean): WallChain[] => {
  if (!runtime.hasTools) return [];
  const { unshare, setpriv, prlimit, chroot, sh, mount } = programs;
  const userNamespace = isRoot ? [] : ['--user', '--map-root-user'];
  const identity = (uid: number) => (isRoot ? asUid(uid) : []);
  const before = [setpriv, DIE_WITH_PARENT, prlimit, '--core=0', unshare, ...userNamespace, ...NAMESPACES];
  const enter = [sh, '-c', ENTER_ROOT, 'sh', mount, runtime.root, chroot, runtime.root];
  const inner = (uid: number) => [`/${RUNTIME_PATHS.setpriv}`, ...identity(uid), ...NO_PRIVILEGES, ...NOT_INIT];
  return [
    {
      name: isRoot ? 'namespaces and own user ids' : 'user namespaces',
      needsUid: isRoot,
      runtimePath: `/${RUNTIME_PATHS.runtime}`,
      command: (uid, nodeArgs) =>
        inOrder([...before, ...PRIVATE_TREE, ...enter, ...inner(uid), `/${RUNTIME_PATHS.node}`, ...nodeArgs]),
    },
  ];
};

const partialChains = (runtime: RuntimeFolder, programs: Programs, isRoot: boolean): WallChain[] => {
  const { unshare, setpriv, prlimit } = programs;
  const node = join(runtime.root, RUNTIME_PATHS.node);
  const runtimePath = join(runtime.root, RUNTIME_PATHS.runtime);
  const limits = [prlimit, '--core=0'];
  const rootOnly = (uid: number) => (isRoot ? [...asUid(uid), '--bounding-set=-all', '--inh-caps=-all'] : []);
  const drop = (uid: number) => [setpriv, ...rootOnly(uid), '--no-new-privs', DIE_WITH_PARENT];
  const userNamespace = isRoot ? [] : ['--user', '--map-current-user'];
  const chain = (name: string, words: (uid: number) => string[]): WallChain => ({
    name,
    needsUid: isRoot,
    runtimePath,
    command: (uid, nodeArgs) => inOrder([...words(uid), node, ...nodeArgs]),
  });
  return [
    chain('own network', (uid) => [...limits, unshare, ...userNamespace, ...NAMESPACES, ...drop(uid)]),
    chain('own network only', (uid) => [...limits, unshare, ...userNamespace, '--net', ...drop(uid)]),
    chain('no privileges', (uid) => [...limits, ...drop(uid)]),
  ];
};

const plainChain = (runtime: RuntimeFolder): WallChain => ({
  name: 'plain child process',
  needsUid: false,
  runtimePath: join(runtime.root, RUNTIME_PATHS.runtime),
  command: (_, nodeArgs) => ({ file: join(runtime.root, RUNTIME_PATHS.node), args: nodeArgs }),
});

/** Every chain worth trying on this machine, the strongest first; the last always works. */
export const wallChains = (runtime: RuntimeFolder): WallChain[] => {
  const programs = findPrograms();
  const complete = Object.keys(programs).length === 6;
  if (process.platform !== 'linux' || !complete) return [plainChain(runtime)];
  const isRoot = process.getuid?.() === 0;
  const all = programs as Programs;
  return [...wholeChains(runtime, all, isRoot), ...partialChains(runtime, all, isRoot), plainChain(runtime)];
};
