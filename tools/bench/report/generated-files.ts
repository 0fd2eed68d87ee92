import { join } from 'node:path';
import { CONTENDERS, type ContenderName } from '../contenders/contender-names.ts';
import type { Result, Results } from '../run-benchmarks.ts';
import { DAY } from '../working-day/day.ts';
import { dayChart } from './day-chart.ts';
import { type Dot, dotChart } from './dot-chart.ts';
import { growthChart, growthPoints } from './growth-chart.ts';
import { benchmarksPage, labelOf } from './page.ts';
import { readResults } from './results.ts';

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');
const AXES = ['script_versions', 'connections', 'past_logins', 'users', 'logins_at_a_time'];
const OTHERS = CONTENDERS.filter((name) => name !== 'plain_node');

const numberOf = (result: Result, figure: string): number => Number(result[figure]);

const dotOf = (result: Result, name: ContenderName, figure: string): Dot => {
  const value = numberOf(result, `${name}_${figure}_ratio`);
  const [low, high] = ['low', 'high'].map((end) => numberOf(result, `${name}_${figure}_ratio_${end}`));
  return Number.isFinite(low) && Number.isFinite(high)
    ? { value, low: low as number, high: high as number }
    : { value };
};

const contenderChart = (result: Result, title: string, figures: Readonly<Record<string, string>>): string =>
  dotChart({
    title,
    series: Object.values(figures),
    rows: OTHERS.map((name) => ({
      label: labelOf(name),
      dots: Object.keys(figures).map((figure) => dotOf(result, name, figure)),
    })),
  });

const contenderCharts = (result: Result | undefined): Readonly<Record<string, string>> =>
  result === undefined
    ? {}
    : {
        'contenders-latency.svg': contenderChart(result, 'Latency of a login ÷ plain Node', {
          latency_p50: 'p50',
          latency_p95: 'p95',
          latency_p99: 'p99',
        }),
        'contenders-cost.svg': contenderChart(result, 'What a login costs ÷ plain Node, at 16 at a time', {
          cpu: 'CPU time',
          throughput: 'throughput',
          peak_pss: 'memory',
        }),
      };

const workingDayChart = (result: Result | undefined): Readonly<Record<string, string>> => {
  if (result === undefined) return {};
  const parts = DAY.map(({ name, perSecond, trouble }) => ({
    name,
    perSecond,
    trouble,
    p50Ms: numberOf(result, `${name}_healthy_p50_ms`),
    p99Ms: numberOf(result, `${name}_healthy_p99_ms`),
  }));
  return { 'working-day.svg': dayChart(parts) };
};

const growthCharts = ({ growth, growth_10m }: Results): Readonly<Record<string, string>> =>
  Object.fromEntries(
    AXES.flatMap((axis) => {
      const largest = axis === 'users' ? (growth_10m ?? growth) : growth;
      const points = largest === undefined ? [] : growthPoints(axis, largest);
      return points.length === 0 ? [] : [[`growth-${axis.replaceAll('_', '-')}.svg`, growthChart(axis, points)]];
    }),
  );

/** What is told of the saved results: the text of each file, by its path. Charts of what was not measured are left out. */
export const generatedFiles = (): Readonly<Record<string, string>> => {
  const results = readResults();
  const { contenders, working_day } = results;
  const charts = {
    ...contenderCharts(contenders),
    ...workingDayChart(working_day),
    ...growthCharts(results),
  };
  return {
    [join(DOCS, 'benchmarks.md')]: benchmarksPage(results),
    ...Object.fromEntries(Object.entries(charts).map(([name, text]) => [join(DOCS, 'charts', name), text])),
  };
};
