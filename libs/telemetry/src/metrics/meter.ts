import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api';
import type { LabelsOf, Metric } from './metric.ts';
import { METRICS, type MetricName } from './metric-names.ts';

type NamesOf<Type extends string> = {
  [Name in MetricName]: (typeof METRICS)[Name] extends Metric<Type> ? Name : never;
}[MetricName];

export type CounterName = NamesOf<'counter'>;
export type HistogramName = NamesOf<'histogram'>;
export type GaugeName = NamesOf<'gauge' | 'observed_counter'>;

export type Labels<Name extends MetricName> = LabelsOf<(typeof METRICS)[Name]>;

/** What a gauge shows now: a value for each combination of labels. */
export type Reading<Name extends MetricName> = readonly [value: number, labels: Labels<Name>];

type Recorder = (value: number, labels: Attributes) => void;

/** A counter without labels, or with few values of them, is there from the start: a rate then sees its first step. */
const SHOWN_FROM_START_MAX = 40;

const recorders = new Map<MetricName, Recorder>();
const readers = new Map<MetricName, Set<() => Iterable<readonly [value: number, labels: object]>>>();

const metricOf = (name: MetricName): Metric => METRICS[name];

/** A value that is not in the closed list of its label counts as `other`: nothing foreign gets into a label. */
const closed = (name: MetricName, labels: Readonly<Record<string, string>>): Attributes => {
  const table = metricOf(name).labels;
  const isForeign = ([label, value]: [string, string]): boolean => {
    const values = table[label];
    return Array.isArray(values) && !values.includes(value);
  };
  const foreign = Object.entries(labels).filter(isForeign);
  if (foreign.length === 0) return labels;
  return { ...labels, ...Object.fromEntries(foreign.map(([label]) => [label, 'other'])) };
};

/** Adds to a counter. Costs nothing where nobody reads metrics. */
export const count = <Name extends CounterName>(name: Name, labels: Labels<Name>, by = 1): void =>
  recorders.get(name)?.(by, labels as Attributes);

/** Records one value of a histogram, in the unit that its name ends with. */
export const observe = <Name extends HistogramName>(name: Name, value: number, labels: Labels<Name>): void =>
  recorders.get(name)?.(value, labels as Attributes);

/** What a gauge shows whenever somebody asks, until it is disposed of. */
export const showGauge = <Name extends GaugeName>(name: Name, read: () => Iterable<Reading<Name>>): Disposable => {
  const all = readers.get(name) ?? new Set();
  readers.set(name, all.add(read));
  return { [Symbol.dispose]: () => void all.delete(read) };
};

const combinations = (labels: Metric['labels']): readonly Record<string, string>[] =>
  Object.entries(labels).reduce<readonly Record<string, string>[]>(
    (all, [label, values]) =>
      all.flatMap((one) => (Array.isArray(values) ? values : []).map((value: string) => ({ ...one, [label]: value }))),
    [{}],
  );

const openCounter = (meter: Meter, name: MetricName, { help: description, labels }: Metric): void => {
  const instrument = meter.createCounter(name, { description });
  const known = combinations(labels);
  if (known.length <= SHOWN_FROM_START_MAX) for (const each of known) instrument.add(0, each);
  recorders.set(name, (by, labels) => instrument.add(by, closed(name, labels as Record<string, string>)));
};

const openHistogram = (meter: Meter, name: MetricName, { help, buckets }: Metric): void => {
  const advice = { explicitBucketBoundaries: [...(buckets ?? [])] };
  const instrument = meter.createHistogram(name, { description: help, advice });
  recorders.set(name, (value, labels) => instrument.record(value, closed(name, labels as Record<string, string>)));
};

const openReader = (meter: Meter, name: MetricName, { type, help: description }: Metric): void => {
  const create = type === 'gauge' ? 'createObservableGauge' : 'createObservableCounter';
  meter[create](name, { description }).addCallback((result: ObservableResult) => {
    for (const read of readers.get(name) ?? [])
      for (const [value, labels] of read()) result.observe(value, closed(name, labels as Record<string, string>));
  });
};

/** From now on what is recorded of these metrics goes to this meter. */
export const openMeter = (meter: Meter, names: readonly MetricName[]): void => {
  for (const name of names) {
    const metric = metricOf(name);
    if (metric.type === 'counter') openCounter(meter, name, metric);
    else if (metric.type === 'histogram') openHistogram(meter, name, metric);
    else openReader(meter, name, metric);
  }
};

/** From now on nobody reads metrics. */
export const closeMeter = (): void => recorders.clear();
