/**
 * Internationalised domain names for `whatwg-url`, in place of `tr46`, whose tables weigh more than all the rest of the
 * base. V8's own normalisation does nearly what the tables do (UTS 46 maps by NFKC and case folding); what differs is
 * only which exotic code points are refused.
 */
import * as punycode from 'punycode/';

const IGNORED = /\u00ad|\u034f|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/g;
const SEPARATORS = /[\u3002\uff0e\uff61]/g;
/** Unassigned, private and control code points have no place in a name. */
const REFUSED = /[\p{Cn}\p{Co}\p{Cs}\p{Cc}\ufffd]/u;
const STARTS_WITH_MARK = /^\p{M}/u;

const fold = (domain: string): string =>
  domain.replace(IGNORED, '').normalize('NFKC').toLowerCase().normalize('NFKC').replace(SEPARATORS, '.');

const isFine = (label: string): boolean => !REFUSED.test(label) && !STARTS_WITH_MARK.test(label);

function isFinePunycode(label: string): boolean {
  try {
    const decoded = punycode.toUnicode(label);
    return decoded !== label && isFine(decoded) && fold(decoded) === decoded;
  } catch {
    return false;
  }
}

/** The name in ASCII, or null when it is none. */
export function toASCII(domain: string): string | null {
  const labels = fold(domain).split('.');
  for (const label of labels) {
    if (label.startsWith('xn--') ? !isFinePunycode(label) : !isFine(label)) return null;
  }
  return punycode.toASCII(labels.join('.'));
}

/** The name for people to read, and whether something in it is not as it should be. */
export function toUnicode(domain: string): { readonly domain: string; readonly error: boolean } {
  const ascii = toASCII(domain);
  return ascii === null ? { domain, error: true } : { domain: punycode.toUnicode(ascii), error: false };
}
