export type DiffLine = { readonly text: string; readonly kind: 'added' | 'removed' | 'place' | 'same' };

const KINDS: Readonly<Record<string, DiffLine['kind']>> = { '+': 'added', '-': 'removed', '@': 'place' };

/**
 * The lines of a diff as `diff -u` prints it, without what it says of files, which there are none of. That stands before
 * the first place alone: further down, `---` and `+++` begin lines of a script, such as `--tries` or a comment of SQL.
 */
export const diffLines = (unified: string): readonly DiffLine[] => {
  const lines = unified.replace(/\n$/, '').split('\n');
  const first = lines.findIndex(isPlace);
  if (first === -1) return [];
  return lines
    .slice(first)
    .filter((line) => !line.startsWith('\\ No newline'))
    .map((text) => ({ text, kind: KINDS[text[0] ?? ''] ?? 'same' }));
};

const isPlace = (line: string): boolean => line.startsWith('@@');
