/** UTF-8 as the web platform decodes it: one replacement character for each longest piece that could have begun one. */
const PIECE = 4096;
const REPLACEMENT = 0xfffd;

/** How many bytes follow a lead byte; 0 where it is none. */
const following = (lead: number): number => {
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) return 2;
  return lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
};

/** Whether `byte` may stand at `index`, from 1, after the lead. */
function mayFollow(lead: number, index: number, byte: number): boolean {
  if (index > 1) return byte >= 0x80 && byte <= 0xbf;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}

/** How many bytes from `at` belong together, and whether nothing but the end is missing. */
function sequenceAt(bytes: Uint8Array, at: number, end: number): { readonly length: number; readonly missing: number } {
  const lead = bytes[at] as number;
  const wanted = following(lead) + 1;
  let length = 1;
  while (length < wanted && at + length < end && mayFollow(lead, length, bytes[at + length] as number)) length += 1;
  return { length, missing: at + length === end ? wanted - length : 0 };
}

const MASKS = [0x7f, 0x1f, 0x0f, 0x07] as const;

function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  let point = (bytes[at] as number) & (MASKS[length - 1] as number);
  for (let i = 1; i < length; i++) point = (point << 6) | ((bytes[at + i] as number) & 0x3f);
  return point;
}

export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let units: number[] = [];
  for (let at = start; at < end; ) {
    const lead = bytes[at] as number;
    if (lead < 0x80) {
      units[units.length] = lead;
      at += 1;
    } else {
      const { length } = sequenceAt(bytes, at, end);
      const isWhole = length > 1 && length === following(lead) + 1;
      const point = isWhole ? codePointAt(bytes, at, length) : REPLACEMENT;
      if (point > 0xffff) units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
      else units[units.length] = point;
      at += length;
    }
    if (units.length >= PIECE) {
      text += String.fromCharCode.apply(undefined, units);
      units = [];
    }
  }
  return text + String.fromCharCode.apply(undefined, units);
}

const isUtf8Name = /^utf-?8$/i;
/** Whether an encoding is UTF-8, which most are that are named. */
export const isUtf8 = (encoding: string): boolean =>
  encoding === 'utf8' || encoding === 'utf-8' || isUtf8Name.test(encoding);

/** The code point at `at`; half of a pair alone is replaced. */
function pointAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  const next = unit < 0xdc00 && at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
  return next >= 0xdc00 && next <= 0xdfff ? 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00) : REPLACEMENT;
}

const sizeOf = (point: number): number => (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);

/** How many bytes a text takes. */
export function utf8Length(text: string): number {
  let size = 0;
  for (let at = 0; at < text.length; at++) {
    const point = pointAt(text, at);
    size += sizeOf(point);
    if (point > 0xffff) at += 1;
  }
  return size;
}

const LEADS = [0, 0, 0xc0, 0xe0, 0xf0] as const;

/** Writes as many whole characters as there is room for; returns how many bytes they took. */
export function writeUtf8(bytes: Uint8Array, text: string, start: number, room: number): number {
  let to = start;
  for (let at = 0; at < text.length; at++) {
    const point = pointAt(text, at);
    const size = sizeOf(point);
    if (to + size > start + room) break;
    if (size === 1) bytes[to] = point;
    else {
      bytes[to] = (LEADS[size] as number) | (point >> (6 * (size - 1)));
      for (let i = 1; i < size; i++) bytes[to + i] = 0x80 | ((point >> (6 * (size - 1 - i))) & 0x3f);
    }
    to += size;
    if (point > 0xffff) at += 1;
  }
  return to - start;
}

/** How many bytes a character has that begins with this one; what follows may still show that it is none. */
function announced(lead: number): number {
  if (lead >= 0xc0 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf8 ? 4 : 0;
}

/** The last bytes that begin a character which is not whole yet, and how many are missing: as Node waits for them. */
export function unfinishedUtf8(bytes: Uint8Array): { readonly length: number; readonly missing: number } {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0x80 && byte <= 0xbf) continue;
    const missing = announced(byte) - back;
    return missing > 0 ? { length: back, missing } : { length: 0, missing: 0 };
  }
  return { length: 0, missing: 0 };
}
