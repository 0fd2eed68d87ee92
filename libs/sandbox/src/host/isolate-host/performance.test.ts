/** Marks and measures of `performance` beside plain Node. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { expectSame } = createSideBySide(() => host);

/** Node's process has marks of others. */
const CLEAN = 'performance.clearMarks(); performance.clearMeasures();';

describe('performance', () => {
  it('gives marks and measures that say what they are', () =>
    expectSame(`${CLEAN} const { inspect } = require('util'); const detail = { x: 1 };
      const mark = performance.mark('a', { detail, startTime: 5 }); performance.mark('b', { startTime: 7 }); const all = [mark, new PerformanceMark('c', { startTime: 1 }), performance.measure('m', 'a', 'b')];
      return [...all.map((one) => [one, inspect(one), String(one), one.constructor.name, one instanceof PerformanceEntry, Object.keys(one)]), mark.detail !== detail, mark.detail, typeof performance.mark('now').startTime, performance.measure('since', 'a').duration > -1e6]`));

  it('measures from and to whatever is given', () =>
    expectSame(`${CLEAN} performance.mark('a', { startTime: 5 }); performance.mark('b', { startTime: 9 }); performance.mark('a', { startTime: 6 });
      return [['a', 'b'], ['a', 'a'], [undefined, 'a'], [null, 'a'], [5, 'b'], [{}, 'b'], [{ start: 1, end: 4 }], [{ start: 'a', end: 'b' }], [{ start: 1, duration: 4 }], [{ end: 9, duration: 4, detail: [7] }], [{ end: 9 }], [{ detail: 5 }, 'b']]
        .map((args) => { const { startTime, duration, detail } = performance.measure('m', ...args); return [startTime, duration, detail] })`));

  it('keeps them in order, until they are cleared', () =>
    expectSame(`${CLEAN} for (const [name, startTime] of [['a', 5], ['b', 3], ['a', 1]]) performance.mark(name, { startTime }); performance.measure('a', { start: 2, end: 4 });
      const told = () => [performance.getEntries(), performance.getEntriesByName('a'), performance.getEntriesByName('a', 'measure'), performance.getEntriesByType('mark'), performance.getEntriesByType('nothing')].map((list) => list.map(({ name, startTime }) => [name, startTime]));
      const seen = [told()]; performance.clearMarks('a'); seen.push(told()); performance.clearMeasures('b'); seen.push(told()); performance.clearMeasures(); performance.clearMarks(); seen.push(told()); return seen`));

  it('refuses what Node refuses', () =>
    expectSame(`${CLEAN} const say = (f) => { try { return f().name } catch (e) { return [e.constructor.name, e.name, e.code, e.message] } };
      return [() => performance.mark(), () => performance.measure(), () => performance.measure('x', 'none'), () => performance.mark(Symbol()), () => performance.mark('a', { startTime: -1 }), () => performance.mark('a', { startTime: 'x' }),
        () => performance.mark('a', 5), () => performance.mark('a', null), () => performance.measure('m', { start: 1, end: 5, duration: 4 }), () => performance.measure('m', { start: 1 }, 'a'), () => performance.measure('m', { start: -5 }), () => performance.mark('f', { detail: () => 1 }),
        () => new PerformanceMark(), () => new PerformanceMeasure('a'), () => new PerformanceEntry(), () => performance.getEntriesByName(), () => performance.getEntriesByType(), () => ({ name: PerformanceMark.length })].map(say)`));

  it('begins every run with none, and with classes as they were', async () => {
    const seen: unknown[] = [];
    const source = `async function login() { const first = [performance.getEntries().length, PerformanceMark.prototype.kept ?? null, performance.mark('a').kept ?? null, PerformanceEntry.kept ?? null, performance.timeOrigin];
      class Other { constructor() { return {} } } const { mark } = performance; PerformanceMark.prototype.kept = 1; PerformanceEntry.kept = 2; Object.setPrototypeOf(PerformanceMark, Other); mark('left', { detail: 'of an earlier run' });
      return first }`;
    for (let run = 0; run < 4; run++) {
      const { resultJson, error } = await host.run(source);
      expect(error).toBeUndefined();
      seen.push(...(JSON.parse(resultJson as string) as unknown[]).slice(0, 4));
      await new Promise((done) => setTimeout(done, 100));
    }
    expect([...new Set(seen)]).toEqual([0, null]);
  });
});
