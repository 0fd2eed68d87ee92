/** The constants of `zlib`: those of the Node that the build runs on, put in by the build. */

declare const ZLIB_CONSTANTS: Readonly<Record<string, number>>;

export const constants: Readonly<Record<string, number>> = Object.freeze(
  Object.assign(Object.create(null), { Z_MAX_CHUNK: Number.POSITIVE_INFINITY }, ZLIB_CONSTANTS),
);

export const constant = (name: string): number => constants[name] as number;

const RETURN_CODES =
  'Z_OK Z_STREAM_END Z_NEED_DICT Z_ERRNO Z_STREAM_ERROR Z_DATA_ERROR Z_MEM_ERROR Z_BUF_ERROR Z_VERSION_ERROR';

/** Return codes both ways: by name and by number. */
export const codes: Readonly<Record<string, string | number>> = Object.freeze(
  Object.fromEntries(
    RETURN_CODES.split(' ').flatMap((name) => [
      [name, constant(name)],
      [String(constant(name)), name],
    ]),
  ),
);
