import { diffLines } from './diff-lines.ts';

/** A diff as `diff -u` prints it; signs tell what is added and what is removed, colours only help. */
export const UnifiedDiff = ({ text }: { readonly text: string }) => {
  const lines = diffLines(text);
  if (lines.length === 0) return <p className="quiet">Its text is the same.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keyboard too
    <pre className="code diff" tabIndex={0}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines never move, and many are alike
        <span key={index} className={`diff-line diff-${line.kind}`}>
          {line.text === '' ? ' ' : line.text}
        </span>
      ))}
    </pre>
  );
};
