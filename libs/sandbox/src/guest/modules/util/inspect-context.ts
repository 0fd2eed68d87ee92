/** What one call of `util.inspect` knows while it walks through a value, and the options that shape it. */
import { fix } from '../../integrity/fixed.ts';
import { objectKeys } from '../../primordials.ts';
import { assign, bare, hasOwn } from './intrinsics.ts';
import { colors, styles } from './styles.ts';

type Compare = (a: string, b: string) => number;
export type InspectOptions = {
  showHidden: boolean;
  depth: number | null;
  colors: boolean;
  customInspect: boolean;
  showProxy: boolean;
  maxArrayLength: number;
  maxStringLength: number;
  breakLength: number;
  compact: boolean | number;
  sorted: boolean | Compare;
  getters: boolean | 'get' | 'set';
  numericSeparator: boolean;
};

export type Stylize = (text: string, style: string) => string;

export type Context = InspectOptions & {
  stylize: Stylize;
  /** What the script gave besides the known options; custom functions get it back. */
  userOptions: object | undefined;
  /** The objects that lie around the one being shown. */
  readonly seen: object[];
  /** Objects that were met inside themselves, by their number less one. */
  readonly circular: object[];
  indentation: number;
  currentDepth: number;
  /** Characters made so far, and from how many on nothing more is looked into. */
  spent: number;
  budget: number;
  /** Shows a value at a depth: held here so that the parts need not know each other. */
  readonly format: (ctx: Context, value: unknown, depth: number, typed?: boolean) => string;
};

const BUDGET_CHARACTERS = 2 ** 25;

export const defaultOptions: InspectOptions = Object.seal({
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
});
const initialOptions = bare({ ...defaultOptions });

/** Between runs: an isolate may serve the next one. */
export const resetDefaultOptions = (): void => void assign(defaultOptions, initialOptions);

export const plain: Stylize = (text) => `${text}`;

const colored: Stylize = (text, style) => {
  const name = styles[style];
  const color = name === undefined ? undefined : colors[name];
  return color === undefined ? text : `\u001b[${color[0]}m${text}\u001b[${color[1]}m`;
};

// Scripts have them as `stylize`.
fix(plain, colored);

function takeOptions(ctx: Context, given: Record<string, unknown>): void {
  const keys = objectKeys(given);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    if (hasOwn(defaultOptions, key) || key === 'stylize') (ctx as Record<string, unknown>)[key] = given[key];
    else ctx.userOptions ??= given;
  }
}

/** The context for one call, out of the default options and those given; `true` alone means `showHidden`. */
export function createContext(format: Context['format'], options?: unknown): Context {
  const ctx: Context = {
    stylize: plain,
    ...defaultOptions,
    userOptions: undefined,
    seen: [],
    circular: [],
    indentation: 0,
    currentDepth: 0,
    spent: 0,
    budget: BUDGET_CHARACTERS,
    format,
  };
  if (typeof options === 'boolean') ctx.showHidden = options;
  else if (options) takeOptions(ctx, options as Record<string, unknown>);
  return ctx;
}

/** To be called when all options are in. */
export function completeContext(ctx: Context): Context {
  if (ctx.colors) ctx.stylize = colored;
  if ((ctx.maxArrayLength as number | null) === null) ctx.maxArrayLength = Number.POSITIVE_INFINITY;
  if ((ctx.maxStringLength as number | null) === null) ctx.maxStringLength = Number.POSITIVE_INFINITY;
  return ctx;
}

/** The options as custom functions get them; to objects of proxies only what cannot lead anywhere. */
export function userOptions(ctx: Context, isForeign: boolean): Record<string, unknown> {
  const options: Record<string, unknown> = { stylize: ctx.stylize };
  const names = objectKeys(defaultOptions);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as keyof InspectOptions;
    options[name] = ctx[name];
  }
  if (ctx.userOptions !== undefined) assign(options, ctx.userOptions);
  return isForeign ? harmless(options, ctx.stylize) : options;
}

function harmless(options: Record<string, unknown>, stylize: Stylize): Record<string, unknown> {
  const bareOptions = bare(options);
  const names = objectKeys(bareOptions);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const value = bareOptions[name];
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') delete bareOptions[name];
  }
  bareOptions.stylize = bare((text: unknown, style: string): unknown => {
    try {
      return `${stylize(text as string, style)}`;
    } catch {
      return text;
    }
  });
  return bareOptions;
}

export const isTooDeep = (ctx: Context, depth: number): boolean => ctx.depth !== null && depth > ctx.depth;
export const isSpent = (ctx: Context): boolean => ctx.spent > ctx.budget;
