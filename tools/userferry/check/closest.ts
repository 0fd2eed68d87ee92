/** How many letters must be changed, added or taken away to make one word of the other. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at];
    for (let to = 1; to <= other.length; to += 1) {
      const changed = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
};

/** The word that was probably meant, if one is near enough. */
export const closest = (word: string, words: readonly string[]): string | undefined => {
  // Of two letters every word is near.
  const far = word.length < 3 ? 0 : Math.max(1, Math.floor(word.length / 3));
  return words
    .map((candidate) => ({ candidate, off: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ off }) => off <= far)
    .toSorted((one, other) => one.off - other.off)[0]?.candidate;
};
