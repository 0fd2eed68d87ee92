/** The lines that a run writes to its console. The guest keeps the budget; what is beyond it here is dropped. */
import type { LogLine } from '@userferry/script-contract';
import { LOGS } from '../../bridge/frame-limits.ts';
import { asText } from './arguments.ts';

const LEVELS = new Set<unknown>(['debug', 'info', 'warn', 'error']);

export type RunLog = {
  readonly lines: readonly LogLine[];
  add(level: unknown, text: unknown, atMs: unknown): void;
};

export function createRunLog(): RunLog {
  const lines: LogLine[] = [];
  let bytes = 0;
  return {
    lines,
    add(level, text, atMs) {
      if (lines.length >= LOGS.lines || bytes > LOGS.bytes) return;
      const line = asText(text, 'text', LOGS.lineCharacters);
      bytes += Buffer.byteLength(line);
      const known = LEVELS.has(level) ? (level as LogLine['level']) : 'info';
      lines.push({ level: known, text: line, atMs: Number.isFinite(atMs) ? (atMs as number) : 0 });
    },
  };
}
