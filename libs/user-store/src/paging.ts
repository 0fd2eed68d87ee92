import { ServiceError } from '@userferry/errors';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** Which page: `size` 0 is 50, `token` '' the first one. */
export type Page = { readonly size: number; readonly token: string };

/** A page, and the token of the next one; '' when this is the last. */
export type Paged<Item> = { readonly items: readonly Item[]; readonly nextPageToken: string };

const SIZE_DEFAULT = 50;
const SIZE_MAX = 200;

/** Rows on a page: 1 to 200. */
export const sizeOf = ({ size }: Page): number => (size <= 0 ? SIZE_DEFAULT : Math.min(size, SIZE_MAX));

const badToken = () =>
  new ServiceError('INVALID_ARGUMENT', 'page_token is none that we gave', { metadata: { field: 'page_token' } });

/** A token that says where the next page starts. */
export const tokenOf = (values: readonly string[]): string => Buffer.from(JSON.stringify(values)).toString('base64url');

/**
 * Reads a token back; nothing for the first page.
 * @throws ServiceError INVALID_ARGUMENT when a value does not have the form that is expected in its place
 */
export const valuesOf = ({ token }: Page, forms: readonly RegExp[]): readonly string[] | undefined => {
  if (token === '') return undefined;
  try {
    const values: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(values) && values.length === forms.length)
      if (forms.every((form, place) => typeof values[place] === 'string' && form.test(values[place]))) return values;
  } catch {
    throw badToken();
  }
  throw badToken();
};

const TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]{8,12}Z$/;

/** The columns that order a list: a time, and what tells rows of the same time apart. */
export type Order = { readonly time: string; readonly id: string; readonly idForm: RegExp };

/** The page of a query, the newest first. `alias` is that of the query. */
export const newestFirst = async <Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  { time, id, idForm }: Order,
  page: Page,
): Promise<Paged<Row>> => {
  const [size, after, { alias }] = [sizeOf(page), valuesOf(page, [TIME, idForm]), query];
  if (after !== undefined)
    query.andWhere(`(${alias}.${time}, ${alias}.${id}) < (:afterTime, :afterId)`, {
      afterTime: after[0],
      afterId: after[1],
    });
  const rows = await query
    .orderBy(`${alias}.${time}`, 'DESC')
    .addOrderBy(`${alias}.${id}`, 'DESC')
    .take(size + 1)
    .getMany();
  const items = rows.slice(0, size);
  const last = items.at(-1);
  const more = rows.length > size && last !== undefined;
  return { items, nextPageToken: more ? tokenOf([(last[time] as Date).toISOString(), String(last[id])]) : '' };
};
