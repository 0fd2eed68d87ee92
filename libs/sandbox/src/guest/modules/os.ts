/** `os`: the constants of Linux, and answers that tell nothing of the machine. */
import { Buffer } from './buffer.ts';

const SIGNALS =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS';
const ALIASES = { SIGIOT: 6, SIGPOLL: 29 };
const signals = Object.fromEntries(SIGNALS.split(' ').map((name, i) => [`SIG${name}`, i + 1]));
const priority = {
  PRIORITY_LOW: 19,
  PRIORITY_BELOW_NORMAL: 10,
  PRIORITY_NORMAL: 0,
  PRIORITY_ABOVE_NORMAL: -7,
  PRIORITY_HIGH: -14,
  PRIORITY_HIGHEST: -20,
};
const ERRORS = [
  'E2BIG 7,EACCES 13,EADDRINUSE 98,EADDRNOTAVAIL 99,EAFNOSUPPORT 97,EAGAIN 11,EALREADY 114,EBADF 9,EBADMSG 74',
  'EBUSY 16,ECANCELED 125,ECHILD 10,ECONNABORTED 103,ECONNREFUSED 111,ECONNRESET 104,EDEADLK 35,EDESTADDRREQ 89',
  'EDOM 33,EDQUOT 122,EEXIST 17,EFAULT 14,EFBIG 27,EHOSTUNREACH 113,EIDRM 43,EILSEQ 84,EINPROGRESS 115,EINTR 4',
  'EINVAL 22,EIO 5,EISCONN 106,EISDIR 21,ELOOP 40,EMFILE 24,EMLINK 31,EMSGSIZE 90,EMULTIHOP 72,ENAMETOOLONG 36',
  'ENETDOWN 100,ENETRESET 102,ENETUNREACH 101,ENFILE 23,ENOBUFS 105,ENODATA 61,ENODEV 19,ENOENT 2,ENOEXEC 8',
  'ENOLCK 37,ENOLINK 67,ENOMEM 12,ENOMSG 42,ENOPROTOOPT 92,ENOSPC 28,ENOSR 63,ENOSTR 60,ENOSYS 38,ENOTCONN 107',
  'ENOTDIR 20,ENOTEMPTY 39,ENOTSOCK 88,ENOTSUP 95,ENOTTY 25,ENXIO 6,EOPNOTSUPP 95,EOVERFLOW 75,EPERM 1,EPIPE 32',
  'EPROTO 71,EPROTONOSUPPORT 93,EPROTOTYPE 91,ERANGE 34,EROFS 30,ESPIPE 29,ESRCH 3,ESTALE 116,ETIME 62',
  'ETIMEDOUT 110,ETXTBSY 26,EWOULDBLOCK 11,EXDEV 18',
].join(',');
const errno = Object.fromEntries(
  ERRORS.split(',').map((entry) => {
    const [name = '', number] = entry.split(' ');
    return [name, Number(number)];
  }),
);
const dlopen = { RTLD_LAZY: 1, RTLD_NOW: 2, RTLD_GLOBAL: 256, RTLD_LOCAL: 0, RTLD_DEEPBIND: 8 };

const asText = <T>(f: () => T): (() => T) => Object.assign(f, { [Symbol.toPrimitive]: f });

function userInfo(options?: { readonly encoding?: string }) {
  const asBuffer = options?.encoding === 'buffer';
  const text = (value: string): string | Buffer => (asBuffer ? Buffer.from(value) : value);
  return { uid: -1, gid: -1, username: text('sandbox'), homedir: text('/'), shell: null };
}

export const os = {
  EOL: '\n',
  devNull: '/dev/null',
  arch: asText(() => 'x64'),
  platform: asText(() => 'linux'),
  type: asText(() => 'Linux'),
  release: asText(() => '6.0.0'),
  version: asText(() => ''),
  machine: asText(() => 'x86_64'),
  hostname: asText(() => 'sandbox'),
  homedir: asText(() => '/'),
  tmpdir: asText(() => '/tmp'),
  endianness: asText(() => 'LE'),
  cpus: () => [],
  availableParallelism: asText(() => 1),
  loadavg: () => [0, 0, 0],
  totalmem: asText(() => 0),
  freemem: asText(() => 0),
  uptime: asText(() => 0),
  networkInterfaces: () => ({}),
  userInfo,
  constants: Object.freeze({
    UV_UDP_REUSEADDR: 4,
    dlopen,
    errno,
    signals: Object.freeze({ ...signals, ...ALIASES }),
    priority,
  }),
};
