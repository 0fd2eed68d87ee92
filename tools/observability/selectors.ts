import { METRICS, type Metric, type MetricName } from '@userferry/telemetry';

/** What Prometheus itself puts beside our labels. */
const FOREIGN_LABELS = new Set(['job', 'instance', 'le', 'alertname', 'alertstate']);

const SELECTOR = /\b((?:userferry|process)_[a-z_]+)(?:\{([^}]*)\})?/g;
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;

const metricOf = (series: string): Metric | undefined => {
  const whole = METRICS[series as MetricName] as Metric | undefined;
  if (whole !== undefined) return whole;
  const histogram = METRICS[series.replace(/_(bucket|sum|count)$/, '') as MetricName] as Metric | undefined;
  return histogram?.type === 'histogram' ? histogram : undefined;
};

const matcherProblems = (series: string, { labels }: Metric, matchers: string): readonly string[] =>
  [...matchers.matchAll(MATCHER)].flatMap(([, label = '', operator, text = '']) => {
    if (FOREIGN_LABELS.has(label)) return [];
    const values = labels[label];
    if (values === undefined) return [`${series} has no label ${label}`];
    if ('boundedBy' in values) return [];
    const asked = operator?.endsWith('~') ? text.split('|') : [text];
    return asked
      .filter((value) => value !== 'other' && !values.includes(value))
      .map((value) => `${series}: ${label} is never "${value}"`);
  });

const byProblems = (expr: string): readonly string[] => {
  const known = new Set(Object.values(METRICS as Record<string, Metric>).flatMap(({ labels }) => Object.keys(labels)));
  return [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)]
    .flatMap(([, labels = '']) => labels.split(',').map((label) => label.trim()))
    .filter((label) => label !== '' && !known.has(label) && !FOREIGN_LABELS.has(label))
    .map((label) => `no metric has a label ${label}`);
};

/** What an expression asks of metrics, labels or values that no service of ours has. */
export const unknownInExpression = (expr: string): readonly string[] => [
  ...[...expr.matchAll(SELECTOR)].flatMap(([, series = '', matchers = '']) => {
    const metric = metricOf(series);
    return metric === undefined ? [`no service has ${series}`] : matcherProblems(series, metric, matchers);
  }),
  ...byProblems(expr),
];
