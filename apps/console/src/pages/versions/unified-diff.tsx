const KINDS: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '@': 'place' };

/** A diff as `diff -u` prints it; signs tell what is added and what is removed, colours only help. */
export const UnifiedDiff = ({ text }: { readonly text: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keyboard too
  <pre className="code diff" tabIndex={0}>
    {linesOf(text).map((line, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: lines never move, and many are alike
      <span key={index} className={`diff-line diff-${KINDS[line[0] ?? ''] ?? 'same'}`}>
        {line === '' ? ' ' : line}
      </span>
    ))}
  </pre>
);

/** Without the two lines that name files, which there are none of. */
const linesOf = (text: string): readonly string[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .filter((line) => !/^(---|\+\+\+|===|Index:|\\ No newline)/.test(line));
