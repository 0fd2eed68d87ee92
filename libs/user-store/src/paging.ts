import { ServiceError } from '@userferry/errors';
import { storableProblem } from '@userferry/user-model';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** Which page: `size` 0 is 50, `token` '' the first one. */
export type Page = { readonly size: number; readonly token: string };

/** A page, and the token of the next one; '' when this is the last. */
export type Paged<Item> = { readonly items: readonly Item[]; readonly nextPageToken: string };

const SIZE_DEFAULT = 50;
const SIZE_MAX = 200;

/** Rows on a page: 1 to 200. */
export const sizeOf = ({ size }: Page): number => (size <= 0 ? SIZE_DEFAULT : Math.min(size, SIZE_MAX));

/** A page ends early where its rows would not fit in one message of 4 MiB, in which they are told. */
const PAGE_BYTES_MAX = 3 * 1024 * 1024;

/** The first rows, as many as fit in one message; one at least. */
export const fittingOf = <Row>(rows: readonly Row[]): readonly Row[] => {
  let left = PAGE_BYTES_MAX;
  const tooMuch = rows.findIndex((row) => {
    left -= Buffer.byteLength(JSON.stringify(row));
    return left < 0;
  });
  return tooMuch < 0 ? rows : rows.slice(0, Math.max(1, tooMuch));
};

/** A token that says where the next page starts. */
export const tokenOf = (values: readonly string[]): string => Buffer.from(JSON.stringify(values)).toString('base64url');

/**
 * The page of a list that was asked for one row more than belongs on it, and where the next one starts.
 * `valuesAt`: what a token says of the last row of a page.
 */
export const pagedOf = <Row>(
  rows: readonly Row[],
  page: Page,
  valuesAt: (last: Row) => readonly string[],
): Paged<Row> => {
  const items = fittingOf(rows.slice(0, sizeOf(page)));
  const last = items.at(-1);
  const more = rows.length > items.length && last !== undefined;
  return { items, nextPageToken: more ? tokenOf(valuesAt(last)) : '' };
};

const badToken = () =>
  new ServiceError('INVALID_ARGUMENT', 'page_token is none that we gave', { metadata: { field: 'page_token' } });

/** What a value of a token has to look like; a RegExp is one. */
export type Form = { readonly test: (text: string) => boolean };

const YEAR = /^(?!0000)\d{4}-/;

const isTime = (text: string): boolean => {
  const time = new Date(text);
  return YEAR.test(text) && !Number.isNaN(time.getTime()) && time.toISOString() === text;
};

/** A time of the years 1 to 9999 as `tokenOf` is given it: what no calendar has, the database refuses to compare with. */
export const TIME_FORM: Form = { test: isTime };

/** Whether the database can compare with it, and it has the form of its place. */
const fits = (value: unknown, form: Form | undefined): boolean =>
  typeof value === 'string' && storableProblem(value) === undefined && form?.test(value) === true;

/**
 * Reads a token back; nothing for the first page. Whoever asks may have written it: a value that the database would
 * fail with is refused here.
 * @throws ServiceError INVALID_ARGUMENT when a value does not have the form that is expected in its place, or no database
 *   could keep it
 */
export const valuesOf = ({ token }: Page, forms: readonly Form[]): readonly string[] | undefined => {
  if (token === '') return undefined;
  try {
    const values: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(values) && values.length === forms.length)
      if (values.every((value, place) => fits(value, forms[place]))) return values;
  } catch {
    throw badToken();
  }
  throw badToken();
};

/** The columns that order a list: a time, and what tells rows of the same time apart. */
export type Order = { readonly time: string; readonly id: string; readonly idForm: Form };

/** The page of a query, the newest first. `alias` is that of the query. */
export const newestFirst = async <Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  { time, id, idForm }: Order,
  page: Page,
): Promise<Paged<Row>> => {
  const [after, { alias }] = [valuesOf(page, [TIME_FORM, idForm]), query];
  if (after !== undefined)
    query.andWhere(`(${alias}.${time}, ${alias}.${id}) < (:afterTime, :afterId)`, {
      afterTime: after[0],
      afterId: after[1],
    });
  const rows = await query
    .orderBy(`${alias}.${time}`, 'DESC')
    .addOrderBy(`${alias}.${id}`, 'DESC')
    .take(sizeOf(page) + 1)
    .getMany();
  return pagedOf(rows, page, (last) => [(last[time] as Date).toISOString(), String(last[id])]);
};
