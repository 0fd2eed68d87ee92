/** `performance`, which drivers ask for the time at once; marks and measures are loaded when a script makes the first. */
import { apply, dateNow } from '../primordials.ts';
import { lazyValue } from './lazy-value.ts';

declare function require(path: string): unknown;

const startedAtMs = dateNow();
export const now = (): number => dateNow() - startedAtMs;

type Timeline = typeof import('./performance-entries.ts').timeline;

/** Their classes are remembered first, as those of every module that a script gets hold of. No loop, which a script could empty. */
function timeline(): Timeline {
  lazyValue('PerformanceEntry');
  lazyValue('PerformanceMark');
  lazyValue('PerformanceMeasure');
  return (require('./performance-entries.ts') as { readonly timeline: Timeline }).timeline;
}

const method = (name: keyof Timeline) =>
  ({
    [name]: (...args: never[]): unknown => apply(timeline()[name] as (...given: never[]) => unknown, undefined, args),
  })[name];

export const performance = {
  timeOrigin: startedAtMs,
  now,
  mark: method('mark'),
  measure: method('measure'),
  getEntries: method('getEntries'),
  getEntriesByName: method('getEntriesByName'),
  getEntriesByType: method('getEntriesByType'),
  clearMarks: method('clearMarks'),
  clearMeasures: method('clearMeasures'),
  markResourceTiming: (): void => undefined,
};
