type JsonBuffer = { readonly type: 'Buffer'; readonly data: readonly number[] };

const isBuffer = (value: unknown): value is JsonBuffer =>
  typeof value === 'object' && value !== null && (value as Partial<JsonBuffer>).type === 'Buffer';

/** Anything as one text, to look for what must not be in it: bytes as what they spell. */
export const asText = (value: unknown): string =>
  JSON.stringify(value, (_, each) => {
    if (typeof each === 'bigint') return Number(each);
    return isBuffer(each) ? Buffer.from(each.data).toString('utf8') : each;
  });
