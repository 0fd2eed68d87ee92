/** The lines that a run writes to its console. The guest keeps the budget; what is beyond it here is dropped. */
import type { LogLine } from '@userferry/script-contract';
import { asText } from './arguments.ts';
import { LIMITS } from './limits.ts';

const LEVELS = new Set<unknown>(['debug', 'info', 'warn', 'error']);
const LINE_MAX = 16 * 1024;

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
      if (lines.length >= LIMITS.logLines || bytes > LIMITS.logBytes) return;
      const line = asText(text, 'text', LINE_MAX);
      bytes += Buffer.byteLength(line);
      const known = LEVELS.has(level) ? (level as LogLine['level']) : 'info';
      lines.push({ level: known, text: line, atMs: Number.isFinite(atMs) ? (atMs as number) : 0 });
    },
  };
}
