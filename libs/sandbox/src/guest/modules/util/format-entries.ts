/** The members of lists, collections and buffers. */
import { getOwnPropertyDescriptor, objectKeys } from '../../primordials.ts';
import { formatBigInt, formatNumber } from './format-primitive.ts';
import { type Context, isSpent } from './inspect-context.ts';
import { append, exec, max, min, numberToString, uncurry } from './intrinsics.ts';
import { sizeOfMap, sizeOfSet, typedArrayLength } from './kinds.ts';

/** Shows the own members of a value that lies at `depth - 1`. */
export type Entries = (ctx: Context, value: object, depth: number) => string[];
type ShowMember = (index: PropertyKey, property?: PropertyDescriptor) => string;

const INDEX = /^(0|[1-9][0-9]*)$/;
const INDEX_MAX = 2 ** 32 - 2;

const more = (left: number): string => `... ${left} more item${left > 1 ? 's' : ''}`;
const holes = (ctx: Context, count: number): string =>
  ctx.stylize(`<${count} empty item${count > 1 ? 's' : ''}>`, 'undefined');
const shownCount = (ctx: Context, length: number): number => min(max(0, ctx.maxArrayLength), length);

/** From the first hole on: only what is there is looked at, for such a list may be longer than any memory. */
function addSparse(
  ctx: Context,
  value: readonly unknown[],
  output: string[],
  limit: number,
  show: ShowMember,
): string[] {
  const keys = objectKeys(value);
  let index = output.length;
  for (let i = index; i < keys.length && output.length < limit; i++) {
    const key = keys[i] as string;
    if (exec(INDEX, key) === null || +key > INDEX_MAX) break;
    if (+key !== index) {
      append(output, holes(ctx, +key - index));
      index = +key;
      if (output.length === limit) break;
    }
    append(output, show(key));
    index += 1;
  }
  const left = value.length - index;
  if (left > 0) append(output, output.length === limit ? more(left) : holes(ctx, left));
  return output;
}

export function arrayMembers(ctx: Context, value: readonly unknown[], show: ShowMember): string[] {
  const limit = shownCount(ctx, value.length);
  const output: string[] = [];
  let shown = 0;
  for (; shown < limit && !isSpent(ctx); shown++) {
    const property = getOwnPropertyDescriptor(value, shown);
    if (property === undefined) return addSparse(ctx, value, output, limit, show);
    append(output, show(shown, property));
  }
  if (value.length > shown) append(output, more(value.length - shown));
  return output;
}

export const typedArrayMembers: Entries = (ctx, value) => {
  const list = value as unknown as readonly (number | bigint)[];
  const length = typedArrayLength(value);
  const limit = shownCount(ctx, length);
  const output: string[] = [];
  for (let i = 0; i < limit; i++) {
    const member = list[i] as number | bigint;
    const text =
      typeof member === 'bigint'
        ? formatBigInt(ctx.stylize, member, ctx.numericSeparator)
        : formatNumber(ctx.stylize, member, ctx.numericSeparator);
    append(output, text);
  }
  if (length > limit) append(output, more(length - limit));
  return output;
};

type Step<T> = { readonly done?: boolean; readonly value: T };
const setValues = uncurry(Set.prototype.values);
const mapEntries = uncurry(Map.prototype.entries);
const nextOfSet = uncurry(new Set<unknown>().values().next as () => Step<unknown>);
const nextOfMap = uncurry(new Map<unknown, unknown>().entries().next as () => Step<readonly [unknown, unknown]>);

function members<T>(ctx: Context, size: number, next: () => Step<T>, show: (member: T) => string): string[] {
  const limit = shownCount(ctx, size);
  const output: string[] = [];
  ctx.indentation += 2;
  let shown = 0;
  for (; shown < limit && !isSpent(ctx); shown++) {
    const { done, value } = next();
    if (done) break;
    append(output, show(value));
  }
  if (size > shown) append(output, more(size - shown));
  ctx.indentation -= 2;
  return output;
}

export const setMembers: Entries = (ctx, value, depth) => {
  const iterator = setValues(value as Set<unknown>);
  return members(
    ctx,
    sizeOfSet(value),
    () => nextOfSet(iterator as never),
    (member) => ctx.format(ctx, member, depth),
  );
};

export const mapMembers: Entries = (ctx, value, depth) => {
  const iterator = mapEntries(value as Map<unknown, unknown>);
  const show = (entry: readonly [unknown, unknown]): string =>
    `${ctx.format(ctx, entry[0], depth)} => ${ctx.format(ctx, entry[1], depth)}`;
  return members(ctx, sizeOfMap(value), () => nextOfMap(iterator as never), show);
};

const byteAsHex = (byte: number): string => (byte < 16 ? '0' : '') + numberToString(byte, 16);

export const bufferContents: Entries = (ctx, value) => {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(value as ArrayBuffer);
  } catch {
    return [ctx.stylize('(detached)', 'special')];
  }
  const limit = shownCount(ctx, bytes.length);
  let text = '';
  for (let i = 0; i < limit; i++) text += `${i === 0 ? '' : ' '}${byteAsHex(bytes[i] as number)}`;
  const left = bytes.length - limit;
  if (left > 0) text += ` ... ${left} more byte${left > 1 ? 's' : ''}`;
  return [`${ctx.stylize('[Uint8Contents]', 'special')}: <${text}>`];
};

/** What nothing inside an isolate can look into without changing it. */
export const unknownItems: Entries = (ctx) => [ctx.stylize('<items unknown>', 'special')];
/** Whether a promise is settled nobody can ask at once; those that are logged seldom are. */
export const pending: Entries = (ctx) => [ctx.stylize('<pending>', 'special')];
