import type { ServiceLine } from '@userferry/local-services';

/** Where each service serves its metrics, by what it said when it was ready. */
export const metricsPorts = (lines: readonly ServiceLine[]): ReadonlyMap<string, number> =>
  new Map(
    lines.flatMap(({ service, facts }) =>
      facts?.msg === 'ready' && typeof facts.metricsPort === 'number' ? [[service, facts.metricsPort] as const] : [],
    ),
  );

/** All metrics of all services as one text. */
export const readMetrics = async (lines: readonly ServiceLine[]): Promise<string> => {
  const ports = [...metricsPorts(lines).values()];
  const texts = ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
  return (await Promise.all(texts)).join('\n');
};

/** The value of a series, `name{label="x"}`, over all services; `undefined` where none has it. */
export const metricValue = (text: string, series: string): number | undefined => {
  const lines = text.split('\n').filter((each) => each.startsWith(`${series} `));
  return lines.length === 0 ? undefined : lines.reduce((sum, line) => sum + Number(line.slice(series.length + 1)), 0);
};
