/**
 * System calls that no isolate host needs, refused by the kernel from the host's first instruction on. What it does need
 * is: memory, threads, timers, epoll, reading and writing the descriptors that it was given, and reading its own code.
 *
 * Connecting above all: a connected socket that was handed in belongs to the network it came from, and could otherwise be
 * disconnected and connected anew to any address of that network, past the egress policy. Nor does it hand on descriptors
 * (sendmsg): nobody takes any, and no reader is to be surprised by one.
 */

/** Number by architecture: x64, arm64; `-` where there is none. */
const REFUSED = `
  sendmsg 46 211, sendmmsg 307 269, socket 41 198, socketpair 53 199, connect 42 203, bind 49 200, listen 50 201, accept 43 202, accept4 288 242,
  ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440, kcmp 312 272,
  pidfd_getfd 438 438, add_key 248 217, request_key 249 218, keyctl 250 219, bpf 321 280, perf_event_open 298 241,
  userfaultfd 323 282, io_uring_setup 425 425, io_uring_enter 426 426, io_uring_register 427 427,
  kexec_load 246 104, kexec_file_load 320 294, init_module 175 105, finit_module 313 273, delete_module 176 106,
  mount 165 40, umount2 166 39, pivot_root 155 41, move_mount 429 429, open_tree 428 428, fsopen 430 430,
  fsconfig 431 431, fsmount 432 432, fspick 433 433, mount_setattr 442 442, setns 308 268, swapon 167 224,
  swapoff 168 225, reboot 169 142, acct 163 89, quotactl 179 60, quotactl_fd 443 443, syslog 103 116,
  shmget 29 194, shmat 30 196, shmctl 31 195, shmdt 67 197, msgget 68 186, msgsnd 69 189, msgrcv 70 188,
  msgctl 71 187, semget 64 190, semop 65 193, semctl 66 191, semtimedop 220 192, mq_open 240 180, mq_unlink 241 181,
  inotify_init 253 -, inotify_init1 294 26, fanotify_init 300 262, memfd_create 319 279, memfd_secret 447 447,
  name_to_handle_at 303 264, open_by_handle_at 304 265, personality 135 92, lookup_dcookie 212 18, vmsplice 278 75,
  nfsservctl 180 42, uselib 134 -, ustat 136 -, sysfs 139 -, modify_ldt 154 -, iopl 172 -, ioperm 173 -,
  migrate_pages 256 238, move_pages 279 239, clock_settime 227 112, settimeofday 164 170, adjtimex 159 171,
  clock_adjtime 305 266, sethostname 170 161, setdomainname 171 162, vhangup 153 58`;

type Architecture = 'x64' | 'arm64';

/** AUDIT_ARCH_* of linux/audit.h, and the calls whose arguments decide. */
const ARCHITECTURES = {
  x64: { column: 0, audit: 0xc000003e, clone: 56, unshare: 272 },
  arm64: { column: 1, audit: 0xc00000b7, clone: 220, unshare: 97 },
} as const;
const CLONE3 = 435;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME of linux/sched.h. */
const NEW_NAMESPACES = 0x7e020080;
/** On x64 these numbers are a second set of the same calls. */
const X32_BIT = 0x40000000;

/** Of linux/seccomp.h: let the call through, or answer it with an error number. */
const ALLOW = 0x7fff0000;
const REFUSE = 0x00050000;
const [EPERM, ENOSYS] = [1, 38];

/** Offsets in `struct seccomp_data`. */
const [NUMBER, ARCH, FIRST_ARGUMENT] = [0, 4, 16];
/** Of linux/bpf_common.h: load a word, compare, return. */
const [LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN] = [0x20, 0x15, 0x35, 0x45, 0x06];

/** `struct sock_filter`: operation, jump if true, jump if false, operand. */
const instruction = (code: number, operand: number, ifTrue = 0, ifFalse = 0): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(operand, 4);
  return bytes;
};

/** The refused calls by name, each with its number on the architecture; empty for one that is not known here. */
export const refusedCalls = (architecture: string): Readonly<Record<string, number>> => {
  if (!Object.hasOwn(ARCHITECTURES, architecture)) return {};
  const { column } = ARCHITECTURES[architecture as Architecture];
  const rows = REFUSED.split(',').map((entry) => entry.trim().split(' '));
  return Object.fromEntries(
    rows.filter((row) => row[column + 1] !== '-').map((row) => [row[0], Number(row[column + 1])]),
  );
};

/** Refuses `call` where its flags ask for a namespace. */
const withoutNamespaces = (call: number): Buffer[] => [
  instruction(IF_EQUAL, call, 0, 4),
  instruction(LOAD, FIRST_ARGUMENT),
  instruction(IF_ANY_BIT, NEW_NAMESPACES, 0, 1),
  instruction(RETURN, REFUSE | EPERM),
  instruction(RETURN, ALLOW),
];

/**
 * The filter as the kernel takes it (an array of `struct sock_filter`), or `undefined` for an architecture whose calls are
 * not known here.
 */
const systemCallFilter = (architecture: string): Buffer | undefined => {
  if (!Object.hasOwn(ARCHITECTURES, architecture)) return undefined;
  const { audit, clone, unshare } = ARCHITECTURES[architecture as Architecture];
  return Buffer.concat([
    instruction(LOAD, ARCH),
    instruction(IF_EQUAL, audit, 1, 0),
    instruction(RETURN, REFUSE | EPERM),
    instruction(LOAD, NUMBER),
    ...(architecture === 'x64' ? [instruction(IF_AT_LEAST, X32_BIT, 0, 1), instruction(RETURN, REFUSE | EPERM)] : []),
    // Its flags lie in memory, where a filter cannot look; libraries then use `clone`.
    instruction(IF_EQUAL, CLONE3, 0, 1),
    instruction(RETURN, REFUSE | ENOSYS),
    ...Object.values(refusedCalls(architecture)).flatMap((number) => [
      instruction(IF_EQUAL, number, 0, 1),
      instruction(RETURN, REFUSE | EPERM),
    ]),
    ...withoutNamespaces(clone),
    ...withoutNamespaces(unshare),
    instruction(RETURN, ALLOW),
  ]);
};

/** prctl(2): its own number, and the two orders. */
const PRCTL = { x64: 157, arm64: 167 } as const;
const [NO_NEW_PRIVILEGES, SET_FILTER, FILTER_MODE] = [38, 22, 2];

/**
 * Perl, which every Debian has, can call the kernel by number; so the filter needs no native code of ours. The program takes
 * the filter as hexadecimal digits, puts it up and goes on as the rest of its arguments.
 */
const perlProgram = (prctl: number): string =>
  [
    'my $filter = pack("H*", shift)',
    `syscall(${prctl}, ${NO_NEW_PRIVILEGES}, 1, 0, 0, 0) == 0 or die "no_new_privs: $!"`,
    'my $header = pack("S x![P] P", length($filter) / 8, $filter)',
    `syscall(${prctl}, ${SET_FILTER}, ${FILTER_MODE}, $header, 0, 0) == 0 or die "seccomp: $!"`,
    'exec { $ARGV[0] } @ARGV or die "exec: $!"',
  ].join('; ');

/** The words before a command that start it behind the filter; `undefined` where that cannot be. */
export const behindFilter = (perl: string | undefined, architecture: string): string[] | undefined => {
  const filter = systemCallFilter(architecture);
  if (perl === undefined || filter === undefined) return undefined;
  return [perl, '-e', perlProgram(PRCTL[architecture as Architecture]), filter.toString('hex')];
};
