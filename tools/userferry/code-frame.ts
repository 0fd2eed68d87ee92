/** A place in a text, both from 1. */
export type Place = { readonly line?: number | undefined; readonly column?: number | undefined };

const LINES_AROUND = 2;

/** The lines around a place, numbered, with a mark under the place; '' where there is none. */
export const codeFrame = (source: string, { line, column }: Place): string => {
  const lines = source.split('\n');
  if (line === undefined || line < 1 || line > lines.length) return '';
  const first = Math.max(1, line - LINES_AROUND);
  const last = Math.min(lines.length, line + LINES_AROUND);
  const width = String(last).length;
  const shown = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return shown
    .flatMap((number) => {
      const text = lines[number - 1] ?? '';
      const row = `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text}`.trimEnd();
      if (number !== line || column === undefined) return [row];
      // Tabs stay tabs, so that the mark stands under its letter.
      const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
      return [row, `  ${' '.repeat(width)} | ${indent}^`];
    })
    .join('\n');
};

/** `login.js:3:9`, as editors and terminals follow it. */
export const placeText = (name: string, { line, column }: Place): string =>
  line === undefined ? name : `${name}:${line}:${column ?? 1}`;
