import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { showGauge } from './meter.ts';

const NANOS = 1e9;
const MICROS = 1e6;
const MILLIS = 1e3;

/** Nothing, where the system does not tell. */
const told = (read: () => number | undefined) => (): readonly (readonly [number, Record<string, never>])[] => {
  try {
    const value = read();
    return value === undefined ? [] : [[value, {}]];
  } catch {
    return [];
  }
};

const openFds = told(() => readdirSync('/proc/self/fd').length);

const maxFds = told(() => {
  const [, digits] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return digits === undefined ? undefined : Number(digits);
});

/** The delays since somebody last asked, over the resolution that the timer has by itself. */
const loopDelays = (resolutionMs: number) => {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  const beyond = (nanos: number): number =>
    Math.max(0, (Number.isFinite(nanos) ? nanos : 0) / NANOS - resolutionMs / MILLIS);
  const read = () => {
    const [p50, p99, max] = [delays.percentile(50), delays.percentile(99), delays.max].map(beyond) as [
      number,
      number,
      number,
    ];
    delays.reset();
    return [
      [p50, { percentile: '50' }],
      [p99, { percentile: '99' }],
      [max, { percentile: '100' }],
    ] as const;
  };
  return { read, stop: () => delays.disable() };
};

/** What every process tells of itself. */
export const showProcess = (service: string, version: string): Disposable => {
  const stack = new DisposableStack();
  const loop = loopDelays(20);
  stack.defer(loop.stop);
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / MICROS;
  };
  const startedSeconds = Date.now() / MILLIS - process.uptime();
  stack.use(showGauge('userferry_build_info', () => [[1, { service, version, node: process.version }]]));
  stack.use(showGauge('userferry_event_loop_delay_seconds', loop.read));
  stack.use(showGauge('process_cpu_seconds_total', () => [[cpuSeconds(), {}]]));
  stack.use(showGauge('process_resident_memory_bytes', () => [[process.memoryUsage.rss(), {}]]));
  stack.use(showGauge('process_heap_used_bytes', () => [[process.memoryUsage().heapUsed, {}]]));
  stack.use(showGauge('process_open_fds', openFds));
  stack.use(showGauge('process_max_fds', maxFds));
  stack.use(showGauge('process_start_time_seconds', () => [[startedSeconds, {}]]));
  return stack;
};
