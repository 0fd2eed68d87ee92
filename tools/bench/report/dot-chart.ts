import { COLOURS, dot, picture, rule, text } from './svg.ts';

/** A value, with the interval that it lies in where one is known. */
export type Dot = { readonly value: number; readonly low?: number; readonly high?: number };

/** `dots` in the order of the chart's series. */
export type Row = { readonly label: string; readonly dots: readonly Dot[] };

export type DotChart = {
  readonly title: string;
  readonly series: readonly string[];
  readonly rows: readonly Row[];
};

const [WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM] = [720, 216, 24, 56, 34, 36];

type Scale = { readonly x: (value: number) => number; readonly ticks: readonly number[] };

/** Equal steps are equal factors: what is ten times as much would squeeze all others otherwise. */
const scaleOf = (rows: readonly Row[]): Scale => {
  const values = rows.flatMap(({ dots }) =>
    dots.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
  );
  const positive = values.filter((value) => value > 0);
  const [low, high] = [Math.log2(Math.min(1, ...positive)) - 0.2, Math.log2(Math.max(1, ...positive)) + 0.2];
  const x = (value: number) => LEFT + ((Math.log2(value) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const powers = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, step) => Math.ceil(low) + step);
  const every = Math.ceil(powers.length / 9);
  return { x, ticks: powers.filter((power) => power % every === 0).map((power) => 2 ** power) };
};

const shown = (value: number): string => (value >= 1 ? String(value) : `1/${Math.round(1 / value)}`);

const axes = ({ x, ticks }: Scale, bottom: number): string[] => [
  ...ticks.flatMap((tick) => [
    rule(x(tick), TOP - 8, x(tick), bottom, tick === 1 ? '#555' : '#ddd'),
    text(x(tick), bottom + 18, `${shown(tick)} ×`, 'text-anchor="middle"'),
  ]),
];

const rowOf = ({ label, dots }: Row, y: number, { x }: Scale): string[] => [
  text(LEFT - 12, y + 4, label, 'text-anchor="end"'),
  ...dots.flatMap(({ value, low = value, high = value }, place) => {
    const colour = COLOURS[place % COLOURS.length] ?? '#333';
    const level = y + (place - (dots.length - 1) / 2) * 8;
    return [rule(x(low), level, x(high), level, colour), dot(x(value), level, colour, 4)];
  }),
];

const legend = (series: readonly string[]): string[] =>
  series.length < 2
    ? []
    : series.flatMap((name, place) => [
        dot(LEFT + place * 110, 34, COLOURS[place % COLOURS.length] ?? '#333', 4),
        text(LEFT + place * 110 + 10, 38, name),
      ]);

/** Rows of dots on one logarithmic axis of ratios, each with its 95 % interval as a line; the dark line is plain Node. */
export const dotChart = ({ title, series, rows }: DotChart): string => {
  const scale = scaleOf(rows);
  const bottom = TOP + rows.length * ROW;
  const parts = [
    text(16, 18, title, 'font-weight="bold"'),
    ...legend(series),
    ...axes(scale, bottom),
    ...rows.flatMap((row, place) => rowOf(row, TOP + place * ROW + ROW / 2 - 4, scale)),
  ];
  return picture(title, WIDTH, bottom + BOTTOM, parts);
};
