/** The colours of `util.inspect` and `util.styleText`: codes that begin and end them, and what is shown in which. */
import { bare } from './intrinsics.ts';

type Code = [begin: number, end: number];

const FOREGROUND_END = 39;
const BACKGROUND_END = 49;
const HUES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
const capital = (name: string): string => (name[0] as string).toUpperCase() + name.slice(1);

const plainForeground = HUES.map((name, i): [string, Code] => [name, [30 + i, FOREGROUND_END]]);
const plainBackground = HUES.map((name, i): [string, Code] => [`bg${capital(name)}`, [40 + i, BACKGROUND_END]]);
const bright = (prefix: string, first: number, end: number): [string, Code][] =>
  HUES.map((name, i) => {
    const named = i === 0 ? 'gray' : `${name}Bright`;
    return [prefix === '' ? named : prefix + capital(named), [first + i, end]];
  });

/** In the order in which Node lists them. */
export const colors = bare(
  Object.fromEntries<Code>([
    ['reset', [0, 0]],
    ['bold', [1, 22]],
    ['dim', [2, 22]],
    ['italic', [3, 23]],
    ['underline', [4, 24]],
    ['blink', [5, 25]],
    ['inverse', [7, 27]],
    ['hidden', [8, 28]],
    ['strikethrough', [9, 29]],
    ['doubleunderline', [21, 24]],
    ...plainForeground,
    ...plainBackground,
    ['framed', [51, 54]],
    ['overlined', [53, 55]],
    ...bright('', 90, FOREGROUND_END),
    ...bright('bg', 100, BACKGROUND_END),
  ]),
) as Record<string, Code | undefined>;

const ALIASES: readonly (readonly [target: string, alias: string])[] = [
  ['gray', 'grey'],
  ['gray', 'blackBright'],
  ['bgGray', 'bgGrey'],
  ['bgGray', 'bgBlackBright'],
  ['dim', 'faint'],
  ['strikethrough', 'crossedout'],
  ['strikethrough', 'strikeThrough'],
  ['strikethrough', 'crossedOut'],
  ['hidden', 'conceal'],
  ['inverse', 'swapColors'],
  ['inverse', 'swapcolors'],
  ['doubleunderline', 'doubleUnderline'],
];
for (const [target, alias] of ALIASES) {
  Object.defineProperty(colors, alias, {
    get: () => colors[target],
    set: (code: Code) => {
      colors[target] = code;
    },
    configurable: true,
    enumerable: false,
  });
}

export const styles: Record<string, string> = bare({
  special: 'cyan',
  number: 'yellow',
  bigint: 'yellow',
  boolean: 'yellow',
  undefined: 'grey',
  null: 'bold',
  string: 'green',
  symbol: 'green',
  date: 'magenta',
  regexp: 'red',
  module: 'underline',
});
