/** `process` as a script may see it: nothing of the host is in it. */
import { dateNow, deleteProperty } from '../primordials.ts';
import { nextTick } from '../ticks.ts';
import { EventEmitter } from './events.ts';
import { createEmitWarning } from './process/warnings.ts';

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

const silentStream = { isTTY: false, writable: true, write: (): boolean => true };

const facts = {
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
  emitWarning: createEmitWarning(() => emitter()),
  exit: unavailable('exit'),
  abort: unavailable('abort'),
  kill: unavailable('kill'),
  chdir: unavailable('chdir'),
  binding: unavailable('binding'),
  dlopen: unavailable('dlopen'),
};
type Emitter = import('node:events').EventEmitter;
const emitter = (): Emitter => process;

/** What its events tell is what can happen in a run: `warning` and `uncaughtException`; the others never come. */
export const process: Emitter & typeof facts = Object.assign(Object.create(EventEmitter.prototype) as Emitter, facts);
Object.defineProperty(process, Symbol.toStringTag, { value: 'process', configurable: true });

/** An error that nothing caught goes to the script's own listeners; false when there are none. */
export const offerUncaught = (error: unknown): boolean => process.emit('uncaughtException', error, 'uncaughtException');

/** Forgets the listeners that a run left. */
export function clearProcess(): void {
  deleteProperty(process, '_events');
  deleteProperty(process, '_eventsCount');
  deleteProperty(process, '_maxListeners');
}
