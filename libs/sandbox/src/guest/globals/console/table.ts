/** What `console.table` draws. */

import { displayWidth } from '../../modules/util/control-characters.ts';
import { hasOwn } from '../../modules/util/intrinsics.ts';
import { isMap, isSet, typedArrayKind } from '../../modules/util/kinds.ts';
import { isArray, objectKeys } from '../../primordials.ts';

type Show = (value: unknown, depth: number) => string;
type Column = { readonly title: string; readonly cells: string[] };

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const cell = (value: unknown, show: Show): string => {
  const isWide = isObject(value) && !isArray(value) && typedArrayKind(value) === undefined;
  return show(value, isWide && objectKeys(value).length > 2 ? -1 : 0);
};

const indexes = (count: number, show: Show): Column => ({
  title: '(iteration index)',
  cells: Array.from({ length: count }, (_, i) => show(i, 0)),
});

function columnsOfRows(data: object, properties: readonly string[] | undefined, show: Show): Column[] {
  const rows = objectKeys(data);
  const columns = new Map<string, Column>();
  const values: Column = { title: 'Values', cells: [] };
  const column = (title: string): Column => {
    const known = columns.get(title) ?? { title, cells: [] };
    columns.set(title, known);
    return known;
  };
  rows.forEach((name, row) => {
    const item = (data as Record<string, unknown>)[name];
    if (properties === undefined && !isObject(item) && typeof item !== 'function') {
      values.cells[row] = cell(item, show);
      return;
    }
    for (const key of properties ?? objectKeys(item as object)) {
      const has = (isObject(item) || typeof item === 'function') && hasOwn(item, key);
      column(key).cells[row] = has ? cell((item as Record<string, unknown>)[key], show) : '';
    }
  });
  // Names that are numbers come first, as they would among an object's keys.
  const order = objectKeys(Object.fromEntries([...columns.keys()].map((key) => [key, 0])));
  const named = order.map((key) => columns.get(key) as Column);
  return [{ title: '(index)', cells: rows }, ...named, ...(values.cells.length > 0 ? [values] : [])];
}

function columnsOf(data: object, properties: readonly string[] | undefined, show: Show): Column[] {
  if (isMap(data)) {
    const entries = [...data];
    const column = (title: string, at: 0 | 1): Column => ({ title, cells: entries.map((e) => cell(e[at], show)) });
    return [indexes(entries.length, show), column('Key', 0), column('Values', 1)];
  }
  if (isSet(data)) {
    const members = [...data];
    return [indexes(members.length, show), { title: 'Values', cells: members.map((member) => cell(member, show)) }];
  }
  return columnsOfRows(data, properties, show);
}

function draw(columns: readonly Column[]): string {
  const height = Math.max(...columns.map(({ cells }) => cells.length));
  const widths = columns.map(({ title, cells }) =>
    Math.max(displayWidth(title), ...Array.from({ length: height }, (_, i) => displayWidth(cells[i] ?? ''))),
  );
  const row = (texts: readonly string[]): string =>
    `\u2502 ${texts.map((text, i) => text + ' '.repeat((widths[i] as number) - displayWidth(text))).join(' \u2502 ')} \u2502`;
  const line = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => '\u2500'.repeat(width + 2)).join(middle) + right;
  return [
    line('\u250c', '\u252c', '\u2510'),
    row(columns.map(({ title }) => title)),
    line('\u251c', '\u253c', '\u2524'),
    ...Array.from({ length: height }, (_, i) => row(columns.map(({ cells }) => cells[i] ?? ''))),
    line('\u2514', '\u2534', '\u2518'),
  ].join('\n');
}

/** The table of an object's rows; `show` makes text of what is in a cell. */
export const tableOf = (data: object, properties: readonly string[] | undefined, show: Show): string =>
  draw(columnsOf(data, properties, show));
