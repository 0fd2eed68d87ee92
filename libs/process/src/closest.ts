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

// Of two letters every word is near.
const near = ({ length }: string): number => (length < 3 ? 0 : Math.max(1, Math.floor(length / 3)));

/** The word that was probably meant, if one is near enough: by default, by a third of its letters. */
export const closest = (word: string, words: readonly string[], far = near(word)): string | undefined =>
  words
    .map((candidate) => ({ candidate, off: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ off }) => off <= far)
    .toSorted((one, other) => one.off - other.off)[0]?.candidate;
