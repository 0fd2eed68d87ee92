import type { Result } from '../run-benchmarks.ts';
import { COLOURS, dot, picture, rule, text } from './svg.ts';

/** What the store spends on one login of a kind, while something has a size. */
export type Point = { readonly size: number; readonly call: string; readonly cpuMs: number };

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 300, 60, 150, 36, 46];

const words = (name: string): string => name.replaceAll('_', ' ');

/** The points of one thing that grows, out of a result of `growth`. */
export const growthPoints = (axis: string, result: Result): readonly Point[] =>
  Object.entries(result).flatMap(([figure, value]) => {
    const [, size, call = ''] = new RegExp(`^${axis}_(\\d+)_(\\w+)_cpu_ms$`).exec(figure) ?? [];
    return size === undefined ? [] : [{ size: Number(size), call, cpuMs: Number(value) }];
  });

type Scale = { readonly x: (size: number) => number; readonly y: (cpuMs: number) => number; readonly top: number };

/** Sizes double, so that equal steps are equal factors; costs begin at nothing. */
const scaleOf = (points: readonly Point[]): Scale => {
  const sizes = points.map(({ size }) => Math.log2(size));
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const top = Math.ceil(Math.max(...points.map(({ cpuMs }) => cpuMs)) * 1.2);
  return {
    x: (size) => LEFT + ((Math.log2(size) - low) / (high - low || 1)) * (WIDTH - LEFT - RIGHT),
    y: (cpuMs) => HEIGHT - BOTTOM - (cpuMs / top) * (HEIGHT - TOP - BOTTOM),
    top,
  };
};

const axes = (title: string, points: readonly Point[], { x, y, top }: Scale): string[] => [
  text(LEFT, 20, title, 'font-weight="bold"'),
  ...[0, top / 2, top].flatMap((value) => [
    rule(LEFT, y(value), WIDTH - RIGHT, y(value)),
    text(LEFT - 8, y(value) + 4, String(value), 'text-anchor="end"'),
  ]),
  ...[...new Set(points.map(({ size }) => size))].map((size) =>
    text(x(size), HEIGHT - BOTTOM + 20, size.toLocaleString('en-US'), 'text-anchor="middle"'),
  ),
];

const line = (call: string, points: readonly Point[], place: number, { x, y }: Scale): string[] => {
  const own = points.filter((point) => point.call === call);
  const colour = COLOURS[place % COLOURS.length] ?? '#333';
  const path = own.map(({ size, cpuMs }) => `${x(size).toFixed(1)},${y(cpuMs).toFixed(1)}`).join(' ');
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...own.map(({ size, cpuMs }) => dot(x(size), y(cpuMs), colour)),
    text(WIDTH - RIGHT + 12, y(own.at(-1)?.cpuMs ?? 0) + 4, words(call)),
  ];
};

/** The chart of one thing that grows, as SVG text. */
export const growthChart = (axis: string, points: readonly Point[]): string => {
  const scale = scaleOf(points);
  const calls = [...new Set(points.map(({ call }) => call))];
  const title = `CPU of one login in our store, ms, by ${words(axis)}`;
  const parts = [...axes(title, points, scale), ...calls.flatMap((call, place) => line(call, points, place, scale))];
  return picture(title, WIDTH, HEIGHT, parts);
};
