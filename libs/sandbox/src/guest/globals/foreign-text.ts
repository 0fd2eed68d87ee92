/** Texts in encodings for which the isolate has no tables: Windows' and ISO's, Chinese, Japanese, Korean and Cyrillic ones. */
import { ask } from '../bridge.ts';
import { Buffer } from '../modules/buffer.ts';

export type ForeignText = {
  /** The name that the standard has for the label. */
  readonly encoding: string;
  decode(bytes: Uint8Array, isStream: boolean): string;
};

type Options = { readonly fatal: boolean; readonly ignoreBOM: boolean };

/**
 * The host keeps nothing between two questions: of a stream it is told all again, and what is new of the text is the answer.
 * @throws RangeError ERR_ENCODING_NOT_SUPPORTED for a label that the standard does not have
 */
export function foreignText(label: string, { fatal, ignoreBOM }: Options): ForeignText {
  let seen = new Uint8Array(0);
  let told = 0;
  return {
    encoding: ask('encoding', label) as string,
    decode(bytes, isStream) {
      seen = new Uint8Array(seen.length === 0 ? bytes : Buffer.concat([seen, bytes]));
      const whole = ask('decode', label, { fatal, ignoreBOM }, seen, isStream) as string;
      const text = whole.slice(told);
      told = isStream ? whole.length : 0;
      if (!isStream) seen = new Uint8Array(0);
      return text;
    },
  };
}
