import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readText } from './manifests.ts';

const profile = z
  .strictObject({
    defaultAction: z.literal('SCMP_ACT_ERRNO'),
    defaultErrnoRet: z.literal(38),
    architectures: z.array(z.string()),
    syscalls: z.tuple([z.strictObject({ names: z.array(z.string()), action: z.literal('SCMP_ACT_ALLOW') })]),
  })
  .parse(JSON.parse(readText('deploy/seccomp/script-runner.json')));

const [{ names }] = profile.syscalls;

/** What container runtimes forbid to a container without capabilities, and what walls are made of. */
const NEEDED = ['clone', 'unshare', 'mount', 'umount2', 'chroot'];

/** Of the same list, what stays forbidden: nothing of ours calls it. */
const NEVER = [
  'acct',
  'add_key',
  'adjtimex',
  'bpf',
  'clock_settime',
  'delete_module',
  'fanotify_init',
  'finit_module',
  'fsmount',
  'fsopen',
  'init_module',
  'io_uring_enter',
  'io_uring_register',
  'io_uring_setup',
  'ioperm',
  'iopl',
  'kcmp',
  'kexec_file_load',
  'kexec_load',
  'keyctl',
  'lookup_dcookie',
  'mknod',
  'mknodat',
  'modify_ldt',
  'mount_setattr',
  'move_mount',
  'move_pages',
  'open_by_handle_at',
  'open_tree',
  'perf_event_open',
  'personality',
  'pidfd_getfd',
  'pivot_root',
  'process_vm_readv',
  'process_vm_writev',
  'ptrace',
  'quotactl',
  'reboot',
  'request_key',
  'setdomainname',
  'sethostname',
  'setns',
  'settimeofday',
  'swapoff',
  'swapon',
  'syslog',
  'userfaultfd',
  'vhangup',
  'vmsplice',
];

describe("script-runner's seccomp profile", () => {
  it('refuses what it does not name, as a kernel that does not know the call', () => {
    expect(profile.architectures).toEqual(['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64']);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names.length).toBeGreaterThan(250);
  });

  it('lets through what raises the walls', () => {
    expect(NEEDED.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('lets nothing through that nothing of ours needs', () => {
    expect(NEVER.filter((name) => names.includes(name))).toEqual([]);
  });
});
