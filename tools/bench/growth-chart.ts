import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Point } from './growth.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'charts');
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 300, 60, 150, 36, 46];
const COLOURS = ['#1f5fbf', '#b3541e', '#2d7d46'];

const label = (size: number): string => size.toLocaleString('en-US');

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

const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="12" fill="#333" ${more}>${words}</text>`;

const axes = (name: string, points: readonly Point[], { x, y, top }: Scale): string[] => [
  text(LEFT, 20, `CPU of one login in our store, ms, by ${name.replaceAll('_', ' ')}`, 'font-weight="bold"'),
  ...[0, top / 2, top].flatMap((value) => [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#ccc"/>`,
    text(LEFT - 8, y(value) + 4, String(value), 'text-anchor="end"'),
  ]),
  ...[...new Set(points.map(({ size }) => size))].map((size) =>
    text(x(size), HEIGHT - BOTTOM + 20, label(size), 'text-anchor="middle"'),
  ),
];

const line = (call: string, points: readonly Point[], place: number, { x, y }: Scale): string[] => {
  const own = points.filter((point) => point.call === call);
  const colour = COLOURS[place % COLOURS.length];
  const path = own.map(({ size, cpuMs }) => `${x(size).toFixed(1)},${y(cpuMs).toFixed(1)}`).join(' ');
  const last = own.at(-1);
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...own.map(({ size, cpuMs }) => `<circle cx="${x(size)}" cy="${y(cpuMs)}" r="3" fill="${colour}"/>`),
    text(WIDTH - RIGHT + 12, y(last?.cpuMs ?? 0) + 4, call.replaceAll('_', ' ')),
  ];
};

/** The chart of one thing that grows, as SVG text. */
export const growthChart = (name: string, points: readonly Point[]): string => {
  const scale = scaleOf(points);
  const calls = [...new Set(points.map(({ call }) => call))];
  const parts = [...axes(name, points, scale), ...calls.flatMap((call, place) => line(call, points, place, scale))];
  const title = `<title>CPU of one login in our store, by ${name.replaceAll('_', ' ')}</title>`;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif">`;
  return `${head}\n${title}\n<rect width="100%" height="100%" fill="#fff"/>\n${parts.join('\n')}\n</svg>\n`;
};

/** Writes it where the documentation shows it, with the figures beside it. */
export const writeGrowthChart = (name: string, points: readonly Point[]): void => {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `growth-${name.replaceAll('_', '-')}.svg`), growthChart(name, points));
};
