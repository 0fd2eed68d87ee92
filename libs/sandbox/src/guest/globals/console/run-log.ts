/** The lines of a run's log, within a budget. */
import { send } from '../../bridge.ts';
import { dateNow, slice } from '../../primordials.ts';

const LINES_MAX = 200;
const TEXT_MAX = 64 * 1024;
export const LINE_MAX = 8 * 1024;

export type Level = 'debug' | 'info' | 'warn' | 'error';

let startedAtMs = 0;
let lines = 0;
let characters = 0;
let dropped = 0;

/** Whether the budget is used up; the line that was meant to be written counts as dropped then. */
export function isFull(): boolean {
  const full = lines >= LINES_MAX - 1 || characters >= TEXT_MAX;
  if (full) dropped += 1;
  return full;
}

export function emit(level: Level, text: string): void {
  const room = Math.min(LINE_MAX, TEXT_MAX - characters);
  const line = text.length > room ? `${slice(text, 0, room)}\u2026` : text;
  lines += 1;
  characters += line.length;
  send(['log', level, line, dateNow() - startedAtMs], line.length);
}

/** Begins a run's budget. */
export function startLog(): void {
  startedAtMs = dateNow();
  lines = 0;
  characters = 0;
  dropped = 0;
}

/** Says how much did not fit, if anything. */
export function endLog(): void {
  if (dropped === 0) return;
  const text = `${dropped} more ${dropped === 1 ? 'line was' : 'lines were'} dropped: a run may log ${LINES_MAX} lines and ${TEXT_MAX / 1024} KiB`;
  send(['log', 'warn', text, dateNow() - startedAtMs]);
}
