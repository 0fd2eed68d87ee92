import type { SentSpan } from '@userferry/testing';

/** A trace as indented lines, `service name`, children in the order in which they began. */
export const spanTree = (spans: readonly SentSpan[], rootParentId = ''): readonly string[] => {
  const childrenOf = (parentId: string) =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parentId)
      .sort((a, b) => Number(a.startNanos - b.startNanos) || a.name.localeCompare(b.name));
  const lines = (parentId: string, depth: number): readonly string[] =>
    childrenOf(parentId).flatMap((span) => [
      `${'  '.repeat(depth)}${span.service} ${span.kind} ${span.name}`,
      ...lines(span.spanId, depth + 1),
    ]);
  return lines(rootParentId, 0);
};
