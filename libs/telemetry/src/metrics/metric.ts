/** The values that a label may have: a closed list, or what the code itself bounds, in words. */
export type LabelValues = readonly string[] | { readonly boundedBy: string };

export type LabelTable = Readonly<Record<string, LabelValues>>;

/** One metric: what is counted, in the words of who reads a dashboard. */
export type Metric<Type extends string = string, Labels extends LabelTable = LabelTable> = {
  readonly type: Type;
  readonly help: string;
  readonly labels: Labels;
  /** Of a histogram: upper ends of its buckets. */
  readonly buckets?: readonly number[];
};

export const counter = <const Labels extends LabelTable>(help: string, labels: Labels): Metric<'counter', Labels> => ({
  type: 'counter',
  help,
  labels,
});

export const histogram = <const Labels extends LabelTable>(
  help: string,
  labels: Labels,
  buckets: readonly number[],
): Metric<'histogram', Labels> => ({ type: 'histogram', help, labels, buckets });

/** Read when somebody asks, and not before. */
export const gauge = <const Labels extends LabelTable>(help: string, labels: Labels): Metric<'gauge', Labels> => ({
  type: 'gauge',
  help,
  labels,
});

/** A counter that somebody else keeps, and that is read when somebody asks. */
export const observedCounter = <const Labels extends LabelTable>(
  help: string,
  labels: Labels,
): Metric<'observed_counter', Labels> => ({ type: 'observed_counter', help, labels });

type ValueOf<Values extends LabelValues> = Values extends readonly (infer Value)[] ? Value : string;

/** The labels of a metric with the values that they may have. */
export type LabelsOf<M> =
  M extends Metric<string, infer Labels> ? { readonly [Label in keyof Labels]: ValueOf<Labels[Label]> } : never;
