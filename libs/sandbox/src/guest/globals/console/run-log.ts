/** The lines of a run's log, within a budget. */
import { send } from '../../bridge.ts';
import { charCodeAt } from '../../modules/util/intrinsics.ts';
import { dateNow, slice } from '../../primordials.ts';

const LINES_MAX = 200;
const BYTES_MAX = 64 * 1024;
export const LINE_MAX = 8 * 1024;

export type Level = 'debug' | 'info' | 'warn' | 'error';

let startedAtMs = 0;
let lines = 0;
let bytes = 0;
let dropped = 0;

/** Whether the budget is used up; the line that was meant to be written counts as dropped then. */
export function isFull(): boolean {
  const full = lines >= LINES_MAX - 1 || bytes >= BYTES_MAX;
  if (full) dropped += 1;
  return full;
}

/** Bytes that a text takes at most; of a pair of surrogates each half counts as one that stands alone. */
const bytesOfUnit = (unit: number): number => (unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3);

/** Takes the text's bytes from the budget; says where it has to be cut. */
function spend(text: string): number {
  let at = 0;
  while (at < text.length && at < LINE_MAX && bytes < BYTES_MAX) {
    bytes += bytesOfUnit(charCodeAt(text, at));
    at += 1;
  }
  return at;
}

export function emit(level: Level, text: string): void {
  const end = spend(text);
  const line = end < text.length ? `${slice(text, 0, end)}\u2026` : text;
  lines += 1;
  send(['log', level, line, dateNow() - startedAtMs], line.length);
}

/** Begins a run's budget. */
export function startLog(): void {
  startedAtMs = dateNow();
  lines = 0;
  bytes = 0;
  dropped = 0;
}

/** Says how much did not fit, if anything. */
export function endLog(): void {
  if (dropped === 0) return;
  const text = `${dropped} more ${dropped === 1 ? 'line was' : 'lines were'} dropped: a run may log ${LINES_MAX} lines and ${BYTES_MAX / 1024} KiB`;
  send(['log', 'warn', text, dateNow() - startedAtMs]);
}
