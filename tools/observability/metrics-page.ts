import {
  type LabelTable,
  type LabelValues,
  METRICS,
  METRICS_OF_EVERY_SERVICE,
  METRICS_OF_SERVICE,
  type Metric,
  type MetricName,
} from '@userferry/telemetry';

const INTRODUCTION = `# Metrics

Each service serves its own at \`GET /metrics\` of \`USERFERRY_METRICS_PORT\`, in Prometheus' text format; without that
variable it has none. This page is generated from \`libs/telemetry/src/metrics/metric-names.ts\` (\`npm run generate\`), the
one place where metrics have their names.

A label has a closed list of values; what is not in it counts as \`other\`. None holds a user pool, a connection, a user or
a host: such labels grow without end, and they name somebody. [Whose logins they are](observability.md#which-pool-it-is) is
told by the log and by the log history of the pool.
`;

const valuesText = (values: LabelValues): string =>
  'boundedBy' in values ? values.boundedBy : values.map((value) => `\`${value}\``).join(', ');

const labelsText = (labels: LabelTable): string =>
  Object.entries(labels)
    .map(([label, values]) => `\`${label}\`: ${valuesText(values)}`)
    .join('<br>');

const TYPES: Readonly<Record<string, string>> = { observed_counter: 'counter' };

const row = (name: string): string => {
  const { type, help, labels }: Metric = METRICS[name as MetricName];
  return `| \`${name}\` | ${TYPES[type] ?? type} | ${help} | ${labelsText(labels)} |`;
};

const section = (title: string, metrics: object): string =>
  [
    `## ${title}`,
    '',
    '| name | type | what it tells | labels |',
    '|---|---|---|---|',
    ...Object.keys(metrics).map(row),
  ].join('\n');

/** The text of `docs/metrics.md`. */
export const metricsPage = (): string =>
  [
    INTRODUCTION,
    ...Object.entries(METRICS_OF_SERVICE).map(([service, metrics]) => `${section(service, metrics)}\n`),
    `${section('Every service', METRICS_OF_EVERY_SERVICE)}\n`,
  ].join('\n');
