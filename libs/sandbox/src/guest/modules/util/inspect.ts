/** `util.inspect`. */
import { defineProperty } from '../../primordials.ts';
import { invalidArgType } from '../node-errors.ts';
import { CUSTOM, formatValue, setInspect } from './format-value.ts';
import { completeContext, createContext, defaultOptions, type InspectOptions } from './inspect-context.ts';
import { assign } from './intrinsics.ts';
import { colors, styles } from './styles.ts';

/** A value as Node shows it. The old form gives `showHidden`, `depth` and `colors` one by one. */
export function inspect(value: unknown, options?: unknown, ...old: unknown[]): string {
  const ctx = createContext(formatValue, options);
  if (old[0] !== undefined && !isOptions(options, 'depth')) ctx.depth = old[0] as number | null;
  if (old[1] !== undefined && !isOptions(options, 'colors')) ctx.colors = old[1] as boolean;
  return formatValue(completeContext(ctx), value, 0);
}

const isOptions = (options: unknown, name: string): boolean =>
  typeof options === 'object' && options !== null && name in options;

/** The same with a bound on how much is looked into, for what is cut off anyway. */
export function inspectWithin(budget: number, value: unknown, options?: Partial<InspectOptions>): string {
  const ctx = createContext(formatValue, options);
  ctx.budget = budget;
  return formatValue(completeContext(ctx), value, 0);
}

setInspect(inspect);
const listed = { writable: true, enumerable: true, configurable: true };
defineProperty(inspect, 'name', { value: 'inspect', configurable: true });
defineProperty(inspect, 'length', { value: 2, configurable: true });
defineProperty(inspect, 'custom', { ...listed, value: CUSTOM });
defineProperty(inspect, 'colors', { ...listed, value: colors });
defineProperty(inspect, 'styles', { ...listed, value: styles });
defineProperty(inspect, 'defaultOptions', {
  get: () => defaultOptions,
  set(options: unknown) {
    if (typeof options !== 'object' || options === null) throw invalidArgType('options', 'of type object', options);
    assign(defaultOptions, options);
  },
});
