import { COLOURS, dot, picture, rule, text } from './svg.ts';

/** A part of the day: when logins took how long, in ms, and how many arrived in a second. */
export type DayPart = {
  readonly name: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly trouble: boolean;
};

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 320, 60, 20, 60, 56];
const SERIES = ['p50', 'p99'] as const;

/** From 1 ms on, each power of ten above the other. */
const heightOf = (parts: readonly DayPart[]) => {
  const top = Math.ceil(Math.log10(Math.max(...parts.map(({ p99Ms }) => p99Ms), 10)));
  const y = (ms: number) => HEIGHT - BOTTOM - (Math.log10(Math.max(ms, 1)) / top) * (HEIGHT - TOP - BOTTOM);
  return { y, ticks: Array.from({ length: top + 1 }, (_, power) => 10 ** power) };
};

/** How long the logins of companies whose databases are well take through a day in which those of others fail. */
export const dayChart = (parts: readonly DayPart[]): string => {
  const { y, ticks } = heightOf(parts);
  const step = (WIDTH - LEFT - RIGHT) / parts.length;
  const x = (place: number) => LEFT + (place + 0.5) * step;
  const line = (of: (part: DayPart) => number, colour: string): string[] => [
    `<polyline points="${parts.map((part, place) => `${x(place).toFixed(1)},${y(of(part)).toFixed(1)}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...parts.map((part, place) => dot(x(place), y(of(part)), colour)),
  ];
  const title = 'Logins of companies whose databases are well: ms, part by part of the day';
  return picture(title, WIDTH, HEIGHT, [
    text(16, 18, title, 'font-weight="bold"'),
    ...parts.flatMap(({ trouble }, place) => (trouble ? [shade(LEFT + place * step, step)] : [])),
    ...SERIES.flatMap((name, place) => [
      dot(LEFT + place * 60, 36, COLOURS[place] ?? COLOURS[0], 4),
      text(LEFT + place * 60 + 10, 40, name),
    ]),
    text(LEFT + 130, 40, 'shaded: databases of others are slow, silent and unreachable'),
    ...ticks.flatMap((ms) => [
      rule(LEFT, y(ms), WIDTH - RIGHT, y(ms)),
      text(LEFT - 8, y(ms) + 4, String(ms), 'text-anchor="end"'),
    ]),
    ...parts.flatMap(({ name, perSecond }, place) => [
      text(x(place), HEIGHT - BOTTOM + 18, name.replaceAll('_', ' '), 'text-anchor="middle"'),
      text(x(place), HEIGHT - BOTTOM + 34, `${perSecond} a second`, 'text-anchor="middle"'),
    ]),
    ...line(({ p50Ms }) => p50Ms, COLOURS[0]),
    ...line(({ p99Ms }) => p99Ms, COLOURS[1]),
  ]);
};

const shade = (left: number, width: number): string =>
  `<rect x="${left.toFixed(1)}" y="${TOP - 8}" width="${width.toFixed(1)}" height="${HEIGHT - TOP - BOTTOM + 8}" fill="#f3e3d8"/>`;
