import { join } from 'node:path';
import { systemProgram } from '../runtime/native-files.ts';
import { RUNTIME_PATHS, type RuntimeFolder } from '../runtime/runtime-folder.ts';
import { behindFilter } from './system-calls.ts';

export type CommandLine = { readonly file: string; readonly args: readonly string[] };

/** One way to start a Node program behind walls. */
export type WallChain = {
  readonly name: string;
  /** Does each isolate host need a user id of its own for it? */
  readonly needsUid: boolean;
  /** Can it go into control groups? */
  readonly entersGroups: boolean;
  /** The runtime's folder, as the program behind the walls sees it. */
  readonly runtimePath: string;
  /**
   * `uid`: the user (and group) to run as; ignored where `needsUid` is false. `doors`: of the control groups that it goes
   * into before anything else.
   */
  command(uid: number, nodeArgs: readonly string[], doors: readonly string[]): CommandLine;
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
 * What a new namespace still has of the machine: its name, and room for messages and memory that no process is charged
 * for. In these files a namespace's own values are written; not every kernel lets its root do so.
 */
const FORGET = [
  'forget() { { echo "$2" > "/proc/sys/$1"; } 2>/dev/null || :; }',
  'forget kernel/hostname sandbox',
  'forget kernel/domainname sandbox',
  'forget kernel/shmmni 0',
  'forget kernel/msgmni 0',
  'forget kernel/sem "0 0 0 0"',
  'forget fs/mqueue/queues_max 0',
];

/**
 * Makes the folder $1 the whole file system of what follows: a read-only view of it, a /proc that shows this pid
 * namespace alone. Runs as (its namespace's) root; everything it mounts is gone with the namespace.
 */
const ENTER_ROOT = [
  'set -e; m=$1; r=$2; shift 2',
  '"$m" -n --bind "$r" "$r"',
  '"$m" -n -o remount,bind,ro,nosuid,nodev "$r"',
  // Of the kernel's own part of /proc nothing is shown where it can be left out.
  'o=nosuid,nodev,noexec; "$m" -n -t proc -o "$o,subset=pid" proc "$r/proc" 2>/dev/null || "$m" -n -t proc -o "$o" proc "$r/proc"',
  ...FORGET,
  // What shells add to an empty environment by themselves.
  'unset PWD OLDPWD SHLVL',
  'exec "$@"',
].join('; ');

/** Goes into the control groups whose doors are named before `--`, and on as what follows. */
const ENTER_GROUPS = [
  'set -e',
  'while [ "$1" != -- ]; do echo 0 > "$1"; shift; done; shift',
  'unset PWD OLDPWD SHLVL',
  'exec "$@"',
].join('; ');

const NAMESPACES = ['--net', '--ipc', '--uts', '--cgroup'];
const PRIVATE_TREE = ['--pid', '--mount', '--propagation', 'private', '--fork', '--kill-child=SIGKILL'];
/** The kernel kills the program when what started it ends. Set anew behind each change of identity, which clears it. */
const DIE_WITH_PARENT = '--pdeathsig=KILL';
const NO_PRIVILEGES = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', DIE_WITH_PARENT];

/**
 * The first process of a pid namespace cannot be killed from inside, not even by itself: the host is the second. The first
 * keeps its user and privileges, so that the second cannot reach into it, and all ends when it is told to end.
 */
const NOT_INIT = [`/${RUNTIME_PATHS.unshare}`, '--fork', '--kill-child=SIGKILL'];

const asUid = (uid: number): string[] => [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];

/** Processes and threads of an isolate host. It has some 30 when it is busy. */
export const HOST_PIDS_MAX = 128;
/** For what no control group counts: no file or memory file that grows, no queue, no more descriptors than it needs. */
const LIMITS = ['--core=0', '--fsize=0', '--nofile=1024', '--msgqueue=0', '--memlock=65536', '--sigpending=1024'];
/** Counts what runs under a user id, so it is set where that is the host's own: behind the user namespace. */
const PIDS_LIMIT = `--nproc=${HOST_PIDS_MAX}`;

const inOrder = ([file = '', ...args]: readonly string[]): CommandLine => ({ file, args });

const enterGroups =
  ({ sh }: Programs) =>
  (doors: readonly string[]): string[] =>
    doors.length === 0 ? [] : [sh, '-c', ENTER_GROUPS, 'sh', ...doors, '--'];

type Plan = {
  readonly runtime: RuntimeFolder;
  readonly programs: Programs;
  readonly isRoot: boolean;
  /** The words that put up the filter of system calls; none where it cannot be. */
  readonly filter: readonly string[];
};

const named = (name: string, filter: readonly string[]): string =>
  filter.length > 0 ? `${name}, fewer system calls` : name;

const wholeChains = ({ runtime, programs, isRoot, filter }: Plan): WallChain[] => {
  if (!runtime.hasTools) return [];
  const { unshare, setpriv, prlimit, chroot, sh, mount } = programs;
  const userNamespace = isRoot ? [] : ['--user', '--map-root-user'];
  const identity = (uid: number) => (isRoot ? asUid(uid) : []);
  const groups = enterGroups(programs);
  const before = (doors: readonly string[]) => [setpriv, DIE_WITH_PARENT, ...groups(doors), prlimit, ...LIMITS];
  const apart = [unshare, ...userNamespace, ...NAMESPACES, ...PRIVATE_TREE, prlimit, PIDS_LIMIT];
  const enter = [sh, '-c', ENTER_ROOT, 'sh', mount, runtime.root, ...filter, chroot, runtime.root];
  const inner = (uid: number) => [...NOT_INIT, `/${RUNTIME_PATHS.setpriv}`, ...identity(uid), ...NO_PRIVILEGES];
  return [
    {
      name: named(isRoot ? 'namespaces and own user ids' : 'user namespaces', filter),
      needsUid: isRoot,
      entersGroups: true,
      runtimePath: `/${RUNTIME_PATHS.runtime}`,
      command: (uid, nodeArgs, doors) =>
        inOrder([...before(doors), ...apart, ...enter, ...inner(uid), `/${RUNTIME_PATHS.node}`, ...nodeArgs]),
    },
  ];
};

const partialChains = ({ runtime, programs, isRoot, filter }: Plan): WallChain[] => {
  const { unshare, setpriv, prlimit } = programs;
  const node = join(runtime.root, RUNTIME_PATHS.node);
  const runtimePath = join(runtime.root, RUNTIME_PATHS.runtime);
  const groups = enterGroups(programs);
  // Without a user id of its own, a host would be counted with everything else of this user.
  const limits = [prlimit, ...LIMITS, ...(isRoot ? [PIDS_LIMIT] : [])];
  const rootOnly = (uid: number) => (isRoot ? [...asUid(uid), '--bounding-set=-all', '--inh-caps=-all'] : []);
  const drop = (uid: number) => [...filter, setpriv, ...rootOnly(uid), '--no-new-privs', DIE_WITH_PARENT];
  const userNamespace = isRoot ? [] : ['--user', '--map-current-user'];
  const chain = (name: string, words: (uid: number) => string[]): WallChain => ({
    name: named(name, filter),
    needsUid: isRoot,
    entersGroups: true,
    runtimePath,
    command: (uid, nodeArgs, doors) => inOrder([...groups(doors), ...words(uid), node, ...nodeArgs]),
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
  entersGroups: false,
  runtimePath: join(runtime.root, RUNTIME_PATHS.runtime),
  command: (_, nodeArgs) => ({ file: join(runtime.root, RUNTIME_PATHS.node), args: nodeArgs }),
});

/** Every chain worth trying on this machine by root or another user, the strongest first; the last always works. */
export const wallChains = (runtime: RuntimeFolder, isRoot = process.getuid?.() === 0): WallChain[] => {
  const programs = findPrograms();
  const complete = Object.keys(programs).length === 6;
  if (process.platform !== 'linux' || !complete) return [plainChain(runtime)];
  const filter = behindFilter(systemProgram('perl'), process.arch);
  const plans = [...(filter === undefined ? [] : [filter]), []].map(
    (words): Plan => ({ runtime, programs: programs as Programs, isRoot, filter: words }),
  );
  return [...plans.flatMap(wholeChains), ...plans.flatMap(partialChains), plainChain(runtime)];
};
