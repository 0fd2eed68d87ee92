/** `perf_hooks` for drivers that take the time; scripts have the global `performance`. */
import { notAvailable } from './node-errors.ts';

export const perfHooks = {
  performance: globalThis.performance,
  PerformanceObserver: notAvailable('perf_hooks.PerformanceObserver'),
  monitorEventLoopDelay: notAvailable('perf_hooks.monitorEventLoopDelay'),
  createHistogram: notAvailable('perf_hooks.createHistogram'),
  constants: {},
};
