/** What a frame of ours needs many times over: it has few values, some of them long texts. */
export const FRAME_VALUES_MAX = 20_000;
export const FRAME_DEPTH_MAX = 32;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [BRACKET, BRACE, BRACKET_END, BRACE_END] = [0x5b, 0x7b, 0x5d, 0x7d];

/** Index of the quote that ends the text which begins at `at`, or the length. */
const endOfText = (json: Uint8Array, at: number): number => {
  let index = at + 1;
  while (index < json.length && json[index] !== QUOTE) index += json[index] === BACKSLASH ? 2 : 1;
  return index;
};

/**
 * Would this JSON have more values, or nest deeper, than any frame may? Asked before parsing: a frame's length alone allows
 * millions of objects, which take more memory than their reader has.
 */
export const isTooHeavy = (json: Uint8Array): boolean => {
  let values = 1;
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index];
    if (byte === QUOTE) index = endOfText(json, index);
    else if (byte === COMMA) values += 1;
    else if (byte === BRACKET || byte === BRACE) {
      values += 1;
      depth += 1;
    } else if (byte === BRACKET_END || byte === BRACE_END) depth -= 1;
    if (values > FRAME_VALUES_MAX || depth > FRAME_DEPTH_MAX) return true;
  }
  return false;
};
