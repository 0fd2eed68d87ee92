import type { SandboxLevel } from '../../../sandbox.ts';

export type LevelName = SandboxLevel['level'];

/** From the least to the most. */
export const SANDBOX_LEVELS = ['process', 'reduced', 'full'] as const satisfies readonly LevelName[];

const NAMESPACES = 'run as root with CAP_SYS_ADMIN, or allow unprivileged user namespaces; have unshare and setpriv';
const OWN_PROC = `${NAMESPACES}, mount and chroot; in a container, also have an unmasked /proc`;
const PROGRAMS = 'have setpriv and prlimit (util-linux)';

/** What lets each wall stand. */
const REMEDIES = {
  network: NAMESPACES,
  processes: OWN_PROC,
  files: OWN_PROC,
  ipc: NAMESPACES,
  identity: 'run as root with CAP_SETUID and CAP_SETGID, or allow unprivileged user namespaces',
  privileges: PROGRAMS,
  process_count: `${PROGRAMS}, or let this process make control groups`,
  core_dumps: PROGRAMS,
  system_calls: 'have perl, a kernel with seccomp, and an x64 or arm64 processor',
  memory:
    'let this process make control groups of its own: Delegate=yes in systemd, a writable /sys/fs/cgroup elsewhere',
} as const;

export type WallName = keyof typeof REMEDIES;

/** Every wall that may stand around an isolate host. */
export const SANDBOX_WALLS = Object.keys(REMEDIES) as readonly WallName[];

const withRemedy = (wall: string): string =>
  `${wall} (${(REMEDIES as Readonly<Record<string, string>>)[wall] ?? 'unknown'})`;

/** Has this level been reached? */
export const reaches = ({ level }: SandboxLevel, required: LevelName): boolean =>
  SANDBOX_LEVELS.indexOf(level) >= SANDBOX_LEVELS.indexOf(required);

/** Throws when less stands than is required, naming each missing wall and what lets it stand. */
export const requireLevel = (stands: SandboxLevel, required: LevelName): void => {
  if (reaches(stands, required)) return;
  throw new Error(
    `the sandbox level is ${stands.level} on this machine, and ${required} is required; missing: ${stands.missing.map(withRemedy).join('; ')}`,
  );
};

/** Throws when one of these walls does not stand, naming each and what lets it stand. */
export const requireWalls = ({ walls }: SandboxLevel, required: readonly WallName[]): void => {
  const missing = required.filter((wall) => !walls.includes(wall));
  if (missing.length === 0) return;
  throw new Error(
    `walls of the sandbox that are required do not stand on this machine: ${missing.map(withRemedy).join('; ')}`,
  );
};
