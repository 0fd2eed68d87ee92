import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { Problem } from '../problem.ts';

/** A line and column, both from 1 and perhaps of an older text, as a position in this one. */
export const positionOf = (doc: Text, line: number, column: number): number => {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(found.from + Math.max(column - 1, 0), found.to);
};

/** Marks from the place to the end of the word there; a problem without a place marks the first line. */
export const diagnosticOf = (doc: Text, { line, column, message, severity }: Problem): Diagnostic => {
  const from = positionOf(doc, line, column);
  const rest = doc.sliceString(from, doc.lineAt(from).to);
  const length = /^\w+/.exec(rest)?.[0].length ?? 1;
  return { from, to: Math.min(from + length, doc.length), severity, message };
};
