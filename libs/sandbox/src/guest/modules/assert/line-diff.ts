/** The shortest way from one list of lines to another, after Myers. */
export type Step = { readonly kind: 'same' | 'added' | 'removed'; readonly line: string };

type Same = (one: string, other: string) => boolean;

const isSame: Same = (one, other) => one === other;
/** In objects, a line that is the last of its object lacks the comma. */
const isSameButComma: Same = (one, other) => one === other || `${one},` === other || one === `${other},`;

/** Whether a path on this diagonal comes from the one above it. */
const comesDown = (reach: Int32Array, diagonal: number, level: number, middle: number): boolean =>
  diagonal === -level ||
  (diagonal !== level && (reach[middle + diagonal - 1] as number) < (reach[middle + diagonal + 1] as number));

/** How far every diagonal reaches with 0, 1, 2 … differences, until the end is reached. */
function findReaches(actual: readonly string[], expected: readonly string[], same: Same): Int32Array[] {
  const middle = actual.length + expected.length;
  const reach = new Int32Array(2 * middle + 2);
  const history: Int32Array[] = [];
  for (let level = 0; level <= middle; level++) {
    history.push(reach.slice());
    for (let diagonal = -level; diagonal <= level; diagonal += 2) {
      const down = comesDown(reach, diagonal, level, middle);
      let x = down ? (reach[middle + diagonal + 1] as number) : (reach[middle + diagonal - 1] as number) + 1;
      while (
        x < actual.length &&
        x - diagonal < expected.length &&
        same(actual[x] as string, expected[x - diagonal] as string)
      ) {
        x += 1;
      }
      reach[middle + diagonal] = x;
      if (x >= actual.length && x - diagonal >= expected.length) return history;
    }
  }
  return history;
}

/** What is `added` is in `actual` alone, what is `removed` in `expected` alone. */
export function diffLines(actual: readonly string[], expected: readonly string[], ignoreCommas: boolean): Step[] {
  const middle = actual.length + expected.length;
  const history = findReaches(actual, expected, ignoreCommas ? isSameButComma : isSame);
  const steps: Step[] = [];
  let x = actual.length;
  let y = expected.length;
  for (let level = history.length - 1; level >= 0; level--) {
    const reach = history[level] as Int32Array;
    const diagonal = x - y;
    const previous = comesDown(reach, diagonal, level, middle) ? diagonal + 1 : diagonal - 1;
    const fromX = reach[middle + previous] as number;
    const fromY = fromX - previous;
    while (x > fromX && y > fromY) {
      const own = actual[x - 1] as string;
      steps.push({ kind: 'same', line: ignoreCommas && !own.endsWith(',') ? (expected[y - 1] as string) : own });
      x -= 1;
      y -= 1;
    }
    if (level === 0) break;
    if (x > fromX) steps.push({ kind: 'added', line: actual[--x] as string });
    else steps.push({ kind: 'removed', line: expected[--y] as string });
  }
  return steps.reverse();
}

const SHOWN_UNCHANGED = 5;
const MARKS = { same: ' ', added: '+', removed: '-' } as const;

/** The steps as text; of many lines that are the same the first five and the last are shown. */
export function showSteps(steps: readonly Step[]): { readonly text: string; readonly isSkipping: boolean } {
  const lines: string[] = [];
  let isSkipping = false;
  let same = 0;
  steps.forEach(({ kind, line }, i) => {
    if (kind !== 'same') {
      const hidden = steps.slice(i - Math.max(0, same - SHOWN_UNCHANGED), i);
      if (hidden.length > 2) {
        lines.push('...');
        isSkipping = true;
      }
      for (const step of hidden.length > 2 ? hidden.slice(-1) : hidden) lines.push(`  ${step.line}`);
      same = 0;
    } else same += 1;
    if (kind !== 'same' || same <= SHOWN_UNCHANGED) lines.push(`${MARKS[kind]} ${line}`);
  });
  return { text: lines.join('\n').trimEnd(), isSkipping };
}
