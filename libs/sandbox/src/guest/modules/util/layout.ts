/** Where the parts of a shown object go: on one line, in columns, or each on a line of its own. */
import { getOwnPropertyDescriptor } from '../../primordials.ts';
import { displayWidth, withoutColors } from './control-characters.ts';
import type { Context } from './inspect-context.ts';
import { append, floor, includes, join, max, min, padEnd, padStart, repeat, round, sqrt } from './intrinsics.ts';

export type Shown = {
  readonly output: string[];
  readonly base: string;
  readonly braces: readonly [string, string];
  /** Members of a list may stand in columns. */
  readonly isList: boolean;
  readonly depth: number;
  /** The list itself: numbers are aligned to the right. */
  readonly value?: unknown;
};

/** A character is taken to be two and a half times as high as wide. */
const HEIGHT_TO_WIDTH = 2.5;
const COLUMNS_MAX = 15;
const SEPARATOR_WIDTH = 2;
/** Lists with more members than this may stand in columns. */
const COLUMNS_FROM = 6;

type Widths = { readonly each: number[]; readonly total: number; readonly widest: number };

function measure(ctx: Context, output: readonly string[], count: number): Widths {
  const each: number[] = [];
  let total = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    const width = displayWidth(output[i] as string, ctx.colors);
    append(each, width);
    total += width + SEPARATOR_WIDTH;
    widest = max(widest, width);
  }
  return { each, total, widest };
}

/** How many columns look like a square; no more than fit, and few where little grouping is wanted. */
function columnsFor(ctx: Context, { total, widest }: Widths, count: number, length: number): number {
  const cell = widest + SEPARATOR_WIDTH;
  const fits = cell * 3 + ctx.indentation < ctx.breakLength && (total / cell > 5 || widest <= 6);
  if (!fits) return 1;
  const biased = max(cell - 3 - sqrt(cell - total / length), 1);
  const square = round(sqrt(HEIGHT_TO_WIDTH * biased * count) / biased);
  return min(square, floor((ctx.breakLength - ctx.indentation) / cell), (ctx.compact as number) * 4, COLUMNS_MAX);
}

function columnWidths(each: readonly number[], columns: number): number[] {
  const widths: number[] = [];
  for (let column = 0; column < columns; column++) {
    let widest = 0;
    for (let i = column; i < each.length; i += columns) widest = max(widest, each[i] as number);
    append(widths, widest + SEPARATOR_WIDTH);
  }
  return widths;
}

function isAllNumbers(value: unknown, count: number): boolean {
  if (value === undefined) return true;
  for (let i = 0; i < count; i++) {
    // No getter is called for this.
    const type = typeof getOwnPropertyDescriptor(value as object, i)?.value;
    if (type !== 'number' && type !== 'bigint') return false;
  }
  return true;
}

function inColumns(ctx: Context, output: string[], value: unknown): string[] {
  // The line that says how much is left out is no member.
  const count = ctx.maxArrayLength < output.length ? output.length - 1 : output.length;
  const widths = measure(ctx, output, count);
  const columns = columnsFor(ctx, widths, count, output.length);
  if (columns <= 1) return output;
  const lineWidths = columnWidths(widths.each, columns);
  const toTheRight = isAllNumbers(value, output.length);
  const pad = toTheRight ? padStart : padEnd;
  const lines: string[] = [];
  for (let first = 0; first < count; first += columns) {
    const last = min(first + columns, count) - 1;
    let line = '';
    for (let i = first; i <= last; i++) {
      const text = output[i] as string;
      const invisible = text.length - (widths.each[i] as number);
      const width = (lineWidths[i - first] as number) + invisible;
      if (i < last) line += pad(`${text}, `, width);
      else line += toTheRight ? padStart(text, width - SEPARATOR_WIDTH) : text;
    }
    append(lines, line);
  }
  if (count < output.length) append(lines, output[count] as string);
  return lines;
}

function fitsOneLine(ctx: Context, output: readonly string[], start: number, base: string): boolean {
  let total = output.length + start;
  if (total + output.length > ctx.breakLength) return false;
  for (let i = 0; i < output.length; i++) {
    const text = output[i] as string;
    if (ctx.breakLength === Number.POSITIVE_INFINITY && includes(text, '\n')) return false;
    total += ctx.colors ? withoutColors(text).length : text.length;
    if (total > ctx.breakLength) return false;
  }
  return base === '' || !includes(base, '\n');
}

function tight(ctx: Context, { output, base, braces }: Shown): string {
  const open = braces[0];
  const close = braces[1];
  if (fitsOneLine(ctx, output, 0, base)) return `${open}${base ? ` ${base}` : ''} ${join(output, ', ')} ${close}`;
  const indentation = `\n${repeat(' ', ctx.indentation)}`;
  const first = base === '' && open.length === 1 ? ' ' : `${base ? ` ${base}` : ''}${indentation}  `;
  return `${open}${first}${join(output, `,${indentation}  `)} ${close}`;
}

/** One text out of the parts. */
export function layOut(ctx: Context, shown: Shown): string {
  if (ctx.compact === true) return tight(ctx, shown);
  const { base, isList, depth, value } = shown;
  const open = shown.braces[0];
  const close = shown.braces[1];
  const before = base ? `${base} ` : '';
  let { output } = shown;
  if (typeof ctx.compact === 'number' && ctx.compact >= 1) {
    const entries = output.length;
    if (isList && entries > COLUMNS_FROM) output = inColumns(ctx, output, value);
    // As many of the innermost levels as `compact` says are put on one line, where they fit.
    if (ctx.currentDepth - depth < ctx.compact && entries === output.length) {
      const start = output.length + ctx.indentation + open.length + base.length + 10;
      if (fitsOneLine(ctx, output, start, base)) {
        const joined = join(output, ', ');
        if (!includes(joined, '\n')) return `${before}${open} ${joined} ${close}`;
      }
    }
  }
  const indentation = `\n${repeat(' ', ctx.indentation)}`;
  return `${before}${open}${indentation}  ${join(output, `,${indentation}  `)}${indentation}${close}`;
}
