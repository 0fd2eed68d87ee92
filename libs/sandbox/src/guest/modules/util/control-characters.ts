/** Escape sequences of terminals in texts, and how wide a text is where it is shown. */
import { charCodeAt, codePointAt, indexOf, normalize, replaceAll, slice } from './intrinsics.ts';

const ESCAPE = '\u001b';
const CONTROL = '\u009b';
/** Operating system commands up to their end; then control sequences with parameters and a last letter. */
const SEQUENCES = new RegExp(
  `${ESCAPE}\\][\\s\\S]*?(?:\\u0007|${ESCAPE}\\\\|\\u009c)|` +
    `[${ESCAPE}${CONTROL}][[\\]()#;?]*(?:\\d{1,4}(?:[;:]\\d{0,4})*)?[\\dA-PR-TZcf-nq-uy=><~]`,
  'g',
);
const COLORS = new RegExp(`${ESCAPE}\\[\\d\\d?m`, 'g');

export const withoutControls = (text: string): string =>
  indexOf(text, ESCAPE) === -1 && indexOf(text, CONTROL) === -1 ? text : replaceAll(text, SEQUENCES, () => '');

export const withoutColors = (text: string): string => replaceAll(text, COLORS, () => '');

const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3040-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /[\p{Cc}\p{Cf}\p{Mn}\p{Me}]/u;
const ASCII_END = 127;

function widthOf(character: string): number {
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

function wideWidth(text: string): number {
  let width = 0;
  for (let at = 0; at < text.length; ) {
    const length = (codePointAt(text, at) as number) > 0xffff ? 2 : 1;
    width += widthOf(slice(text, at, at + length));
    at += length;
  }
  return width;
}

/** Columns of a terminal that a text takes. */
export function displayWidth(text: string, hasControls = true): number {
  const shown = hasControls ? withoutControls(text) : text;
  let width = 0;
  for (let i = 0; i < shown.length; i++) {
    const code = charCodeAt(shown, i);
    if (code >= ASCII_END) return width + wideWidth(normalize(slice(shown, i), 'NFC'));
    if (code >= 32) width += 1;
  }
  return width;
}
