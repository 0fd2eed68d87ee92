/** `process` as a script may see it: nothing of the host is in it. */
import { dateNow } from '../primordials.ts';
import { nextTick } from '../ticks.ts';

const startedAtMs = dateNow();

function unavailable(name: string): () => never {
  return () => {
    throw Object.assign(new Error(`process.${name} is not available to scripts`), { code: 'ERR_UNAVAILABLE' });
  };
}

function hrtime(previous?: readonly [number, number]): [number, number] {
  const nowMs = dateNow();
  let seconds = Math.floor(nowMs / 1000);
  let nanoseconds = (nowMs % 1000) * 1e6;
  if (previous) {
    seconds -= previous[0];
    nanoseconds -= previous[1];
    if (nanoseconds < 0) {
      seconds -= 1;
      nanoseconds += 1e9;
    }
  }
  return [seconds, nanoseconds];
}

const self = (): object => process;
const silentStream = { isTTY: false, writable: true, write: (): boolean => true };

export const process = {
  title: 'node',
  version: 'v24.0.0',
  versions: { node: '24.0.0', v8: '13.6' },
  release: { name: 'node', lts: 'Krypton' },
  arch: 'x64',
  platform: 'linux',
  pid: 1,
  ppid: 0,
  env: {},
  argv: ['node', 'script.js'],
  argv0: 'node',
  execArgv: [],
  execPath: '/node',
  exitCode: undefined,
  config: { variables: {} },
  features: {},
  browser: false,
  stdout: silentStream,
  stderr: silentStream,
  nextTick,
  hrtime: Object.assign(hrtime, { bigint: () => BigInt(dateNow()) * 1_000_000n }),
  uptime: () => (dateNow() - startedAtMs) / 1000,
  cwd: () => '/',
  umask: () => 0o22,
  memoryUsage: Object.assign(() => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }), {
    rss: () => 0,
  }),
  cpuUsage: () => ({ user: 0, system: 0 }),
  emitWarning: (): void => undefined,
  on: self,
  once: self,
  off: self,
  addListener: self,
  prependListener: self,
  removeListener: self,
  removeAllListeners: self,
  emit: () => false,
  listeners: () => [],
  listenerCount: () => 0,
  exit: unavailable('exit'),
  abort: unavailable('abort'),
  kill: unavailable('kill'),
  chdir: unavailable('chdir'),
  binding: unavailable('binding'),
  dlopen: unavailable('dlopen'),
};
Object.defineProperty(process, Symbol.toStringTag, { value: 'process', configurable: true });
