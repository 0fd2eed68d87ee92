import type { ZodType } from 'zod';

type Wrapper = { readonly innerType?: ZodType; readonly in?: ZodType };

/** The example in a schema's metadata, or in that of what it wraps: a default, an optional one, the text before a change. */
export const exampleOf = (schema: ZodType): string | undefined => {
  const example = schema.meta()?.example;
  if (typeof example === 'string') return example;
  const { innerType, in: input } = schema._zod.def as Wrapper;
  const inner = innerType ?? input;
  return inner === undefined ? undefined : exampleOf(inner);
};
